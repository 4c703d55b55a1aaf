// The yardstick of the wide scan: a loop of tls.Dial, as many at once as asked for.
//   godial <port> <probes> <at once>
package main

import (
	"crypto/tls"
	"fmt"
	"net"
	"os"
	"strconv"
	"sync"
	"time"
)

func main() {
	port := os.Args[1]
	probes, _ := strconv.Atoi(os.Args[2])
	atOnce, _ := strconv.Atoi(os.Args[3])
	numbers := make(chan int)
	var workers sync.WaitGroup
	began := time.Now()
	for w := 0; w < atOnce; w++ {
		workers.Add(1)
		go func() {
			defer workers.Done()
			dialer := &net.Dialer{Timeout: 5 * time.Second}
			for i := range numbers {
				address := net.JoinHostPort(fmt.Sprintf("127.1.%d.%d", i/250%250, i%250+1), port)
				connection, fault := tls.DialWithDialer(dialer, "tcp", address, &tls.Config{ServerName: "bench.example.test", InsecureSkipVerify: true})
				if fault != nil || len(connection.ConnectionState().PeerCertificates) == 0 {
					fmt.Fprintln(os.Stderr, address, fault)
					os.Exit(1)
				}
				connection.Close()
			}
		}()
	}
	for i := 0; i < probes; i++ {
		numbers <- i
	}
	close(numbers)
	workers.Wait()
	fmt.Printf("%.1f\n", float64(probes)/time.Since(began).Seconds())
}
