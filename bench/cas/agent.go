// One attestation, as docs/formats/attested-channel.md describes it.
package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha512"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"sort"
	"time"
)

type request struct {
	Service  string `json:"service"`
	Nonce    string `json:"nonce"`
	Evidence any    `json:"evidence"`
	Token    string `json:"token,omitempty"`
}

// What an agent asks for. `evidence` makes the evidence for some report data.
type plan struct {
	address, service, token string
	evidence                func(report []byte) any
}

// An agent's key and certificate are made before its time is taken: they cost CAS nothing.
func identity() (tls.Certificate, []byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, nil, err
	}
	template := x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: "agent"},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, &key.PublicKey, key)
	if err != nil {
		return tls.Certificate{}, nil, err
	}
	spki, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, spki, err
}

func post(client *http.Client, url string, body []byte) ([]byte, error) {
	answer, err := client.Post(url, "application/json", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	content, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != 200 {
		err = fmt.Errorf("%d %.80s", answer.StatusCode, content)
	}
	return content, err
}

func attest(p plan, agent int, certificate tls.Certificate, spki []byte) error {
	dialer := net.Dialer{
		Timeout:   10 * time.Second,
		LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 1, byte(agent/250), byte(1+agent%250))},
	}
	transport := &http.Transport{
		DialContext: dialer.DialContext,
		TLSClientConfig: &tls.Config{
			Certificates:       []tls.Certificate{certificate},
			InsecureSkipVerify: true, // #nosec: this measures; real agents pin the key
			MinVersion:         tls.VersionTLS13,
		},
	}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport, Timeout: 20 * time.Second}
	reply, err := post(client, "https://"+p.address+"/v1/attestation/nonce", nil)
	if err != nil {
		return err
	}
	var nonce struct{ Nonce string }
	if err := json.Unmarshal(reply, &nonce); err != nil {
		return err
	}
	raw, err := hex.DecodeString(nonce.Nonce)
	if err != nil {
		return err
	}
	report := sha512.Sum512(append(append([]byte{}, spki...), raw...))
	body, err := json.Marshal(request{p.service, nonce.Nonce, p.evidence(report[:]), p.token})
	if err != nil {
		return err
	}
	configuration, err := post(client, "https://"+p.address+"/v1/attestation", body)
	if err != nil {
		return err
	}
	var got struct{ Arguments []string }
	if err := json.Unmarshal(configuration, &got); err != nil || len(got.Arguments) == 0 {
		return fmt.Errorf("no configuration: %.80s", configuration)
	}
	return nil
}

// Returns the latency below which this part of the attestations stayed.
func quantile(took []float64, part float64) float64 {
	if len(took) == 0 {
		return 0
	}
	sort.Float64s(took)
	return took[int(part*float64(len(took)-1))]
}
