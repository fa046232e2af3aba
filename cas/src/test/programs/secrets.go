// Reads with Go's standard library what CAS delivers, and prints what it has read.
package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha512"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"strings"
)

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// der returns the content of a file, which may be one block of PEM.
func der(name string) []byte {
	content, err := os.ReadFile(name)
	check(err)
	block, rest := pem.Decode(content)
	if block == nil {
		return content
	}
	if len(bytes.TrimSpace(rest)) != 0 {
		check(fmt.Errorf("%s: more than one block", name))
	}
	return block.Bytes
}

func key(name string) string {
	parsed, err := x509.ParsePKCS8PrivateKey(der(name))
	check(err)
	switch key := parsed.(type) {
	case *ecdsa.PrivateKey:
		return key.Params().Name
	case ed25519.PrivateKey:
		return "Ed25519"
	case *rsa.PrivateKey:
		check(key.Validate())
		return fmt.Sprintf("RSA-%d", key.N.BitLen())
	}
	return "unknown"
}

func verify(authority string, leaf string, name string) {
	roots := x509.NewCertPool()
	certificate, err := x509.ParseCertificate(der(authority))
	check(err)
	roots.AddCert(certificate)
	certificate, err = x509.ParseCertificate(der(leaf))
	check(err)
	options := x509.VerifyOptions{Roots: roots, DNSName: name, CurrentTime: certificate.NotBefore}
	_, err = certificate.Verify(options)
	check(err)
}

func jwt(token string, name string) {
	content, err := os.ReadFile(token)
	check(err)
	text := strings.TrimSpace(string(content))
	end := strings.LastIndex(text, ".")
	signature, err := base64.RawURLEncoding.DecodeString(text[end+1:])
	check(err)
	public, err := x509.ParsePKIXPublicKey(der(name))
	check(err)
	digest := sha512.Sum384([]byte(text[:end]))
	half := len(signature) / 2
	r, s := new(big.Int).SetBytes(signature[:half]), new(big.Int).SetBytes(signature[half:])
	if !ecdsa.Verify(public.(*ecdsa.PublicKey), digest[:], r, s) {
		check(fmt.Errorf("the signature is wrong"))
	}
}

func main() {
	rest := os.Args[2:]
	switch os.Args[1] {
	case "keys":
		for _, name := range rest {
			fmt.Println(key(name))
		}
	case "verify":
		verify(rest[0], rest[1], rest[2])
	case "jwt":
		jwt(rest[0], rest[1])
	}
}
