// Agents that attest to a CAS with quotes of TDX, at a rate that does not depend on how fast CAS answers. Each has a new
// key and a new connection. The platforms take turns.
//
// usage: quotes CAS_ADDRESS SERVICE PLATFORMS COUNT RATE SECONDS
//
// PLATFORMS is a file that Platforms.java has written; the first COUNT platforms are used. An attestation that is due
// while 1000 others wait is not made, and counted as an error.
//
// Prints one line of JSON: the number of configurations, errors by text, and latencies in milliseconds. The time of an
// attestation begins when it is due.
package main

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"sync"
	"time"
)

const (
	signed     = 48 + 584 // header and body of a quote of version 4
	reportData = 48 + 520
	signature  = signed + 4
	mostAtOnce = 1000
)

type quote struct {
	Kind  string `json:"kind"`
	Quote string `json:"quote"`
}

type platform struct {
	quote []byte
	key   *ecdsa.PrivateKey
}

// Returns a quote of the platform for this report data.
func (p platform) evidence(report []byte) any {
	made := append([]byte{}, p.quote...)
	copy(made[reportData:], report)
	digest := sha256.Sum256(made[:signed])
	r, s, err := ecdsa.Sign(rand.Reader, p.key, digest[:])
	if err != nil {
		panic(err)
	}
	r.FillBytes(made[signature : signature+32])
	s.FillBytes(made[signature+32 : signature+64])
	return quote{"tdx", base64.StdEncoding.EncodeToString(made)}
}

func platforms(file string, count int) ([]platform, error) {
	content, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer content.Close()
	lines := bufio.NewScanner(content)
	lines.Buffer(nil, 1<<20)
	var all []platform
	for len(all) < count && lines.Scan() {
		var line struct{ Quote, Key []byte }
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			return nil, err
		}
		key, err := x509.ParsePKCS8PrivateKey(line.Key)
		if err != nil {
			return nil, err
		}
		all = append(all, platform{line.Quote, key.(*ecdsa.PrivateKey)})
	}
	if len(all) < count {
		return nil, fmt.Errorf("%s has %d platforms", file, len(all))
	}
	return all, lines.Err()
}

type agent struct {
	certificate tls.Certificate
	spki        []byte
}

func main() {
	count, _ := strconv.Atoi(os.Args[4])
	rate, _ := strconv.ParseFloat(os.Args[5], 64)
	seconds, _ := strconv.ParseFloat(os.Args[6], 64)
	all, err := platforms(os.Args[3], count)
	if err != nil {
		panic(err)
	}
	agents := make(chan agent, mostAtOnce)
	go func() {
		for {
			certificate, spki, err := identity()
			if err != nil {
				panic(err)
			}
			agents <- agent{certificate, spki}
		}
	}()
	for len(agents) < mostAtOnce {
		time.Sleep(time.Millisecond)
	}
	var lock sync.Mutex
	var waiting sync.WaitGroup
	var took []float64
	errors := map[string]int{}
	places := make(chan struct{}, mostAtOnce)
	note := func(due time.Time, err error) {
		passed := float64(time.Since(due).Microseconds()) / 1000
		lock.Lock()
		defer lock.Unlock()
		if err != nil {
			errors[err.Error()]++
		} else {
			took = append(took, passed)
		}
	}
	begin := time.Now()
	for i := 0; i < int(rate*seconds); i++ {
		due := begin.Add(time.Duration(float64(i) / rate * float64(time.Second)))
		time.Sleep(time.Until(due))
		select {
		case places <- struct{}{}:
		default:
			note(due, fmt.Errorf("too many wait"))
			continue
		}
		waiting.Add(1)
		go func(i int) {
			defer waiting.Done()
			me := <-agents
			p := plan{os.Args[1], os.Args[2], "", all[i%count].evidence}
			note(due, attest(p, i%mostAtOnce, me.certificate, me.spki))
			<-places
		}(i)
	}
	waiting.Wait()
	result, _ := json.Marshal(map[string]any{
		"configurations": len(took), "errors": errors, "seconds": time.Since(begin).Seconds(),
		"p50": quantile(took, 0.5), "p99": quantile(took, 0.99), "worst": quantile(took, 1)})
	fmt.Println(string(result))
}
