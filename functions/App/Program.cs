Console.WriteLine("Certrelay");
