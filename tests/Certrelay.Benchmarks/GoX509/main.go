// The yardsticks of the formats benchmark: "parse FILE" reads a PEM bundle into certificates, "verify ROOT INTERMEDIATE LEAVES" parses and verifies each leaf.
// Prints certificates a second of processor time.
package main

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"syscall"
	"time"
)

func main() {
	switch os.Args[1] {
	case "parse":
		text := read(os.Args[2])
		start := spent()
		names := 0
		count := 0
		for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
			certificate := parse(block.Bytes)
			names += len(certificate.DNSNames)
			count++
		}
		report(count, start, names >= count)
	case "verify":
		roots, intermediates := pool(os.Args[2]), pool(os.Args[3])
		var leaves [][]byte
		for block, rest := pem.Decode(read(os.Args[4])); block != nil; block, rest = pem.Decode(rest) {
			leaves = append(leaves, block.Bytes)
		}
		start := spent()
		for _, der := range leaves {
			leaf := parse(der)
			options := x509.VerifyOptions{DNSName: leaf.DNSNames[0], Roots: roots, Intermediates: intermediates}
			if _, fault := leaf.Verify(options); fault != nil {
				fail(fault)
			}
		}
		report(len(leaves), start, true)
	}
}

func report(count int, start time.Duration, sound bool) {
	if !sound {
		fail("names are missing")
	}
	fmt.Println(float64(count) / (spent() - start).Seconds())
}

// Processor time, which a busy machine changes less than the clock.
func spent() time.Duration {
	var usage syscall.Rusage
	if fault := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); fault != nil {
		fail(fault)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func parse(der []byte) *x509.Certificate {
	certificate, fault := x509.ParseCertificate(der)
	if fault != nil {
		fail(fault)
	}
	return certificate
}

func pool(file string) *x509.CertPool {
	certificates := x509.NewCertPool()
	certificates.AppendCertsFromPEM(read(file))
	return certificates
}

func read(file string) []byte {
	text, fault := os.ReadFile(file)
	if fault != nil {
		fail(fault)
	}
	return text
}

func fail(what any) {
	fmt.Fprintln(os.Stderr, what)
	os.Exit(1)
}
