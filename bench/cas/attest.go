// Agents that attest to a CAS and fetch their configuration, again and again. Each time an agent makes a new key and a
// new connection, as docs/formats/attested-channel.md describes. Each agent has a loopback address of its own, because
// CAS limits the requests of one address.
//
// usage: attest CAS_ADDRESS SERVICE IMAGE MACHINE TOKEN AGENTS SECONDS [FIRST_ADDRESS]
//
// Prints one line of JSON: the number of configurations, errors by text, and latencies in milliseconds.
package main

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"sync"
	"time"
)

type evidence struct {
	Kind       string `json:"kind"`
	Image      string `json:"image"`
	Machine    string `json:"machine"`
	ReportData string `json:"report_data"`
}

func software(image, machine string) func([]byte) any {
	return func(report []byte) any {
		return evidence{"software", image, machine, hex.EncodeToString(report)}
	}
}

func main() {
	agents, _ := strconv.Atoi(os.Args[6])
	seconds, _ := strconv.ParseFloat(os.Args[7], 64)
	first := 0
	if len(os.Args) > 8 {
		first, _ = strconv.Atoi(os.Args[8])
	}
	p := plan{os.Args[1], os.Args[2], os.Args[5], software(os.Args[3], os.Args[4])}
	var lock sync.Mutex
	var all sync.WaitGroup
	var took []float64
	errors := map[string]int{}
	end := time.Now().Add(time.Duration(seconds * float64(time.Second)))
	for agent := 0; agent < agents; agent++ {
		all.Add(1)
		go func(agent int) {
			defer all.Done()
			for time.Now().Before(end) {
				certificate, spki, err := identity()
				begin := time.Now()
				if err == nil {
					err = attest(p, first+agent, certificate, spki)
				}
				passed := float64(time.Since(begin).Microseconds()) / 1000
				lock.Lock()
				if err != nil {
					errors[err.Error()]++
				} else {
					took = append(took, passed)
				}
				lock.Unlock()
			}
		}(agent)
	}
	all.Wait()
	result, _ := json.Marshal(map[string]any{
		"configurations": len(took), "errors": errors, "p50": quantile(took, 0.5), "p99": quantile(took, 0.99),
		"worst": quantile(took, 1)})
	fmt.Println(string(result))
}
