// Fills a CAS with sessions, and reads them.
//
// usage: scale CAS_ADDRESS IDENTITY create TEMPLATE FIRST LAST
//
//	scale CAS_ADDRESS IDENTITY read LAST CLIENTS SECONDS
//
// `create` registers sessions with the names bench-FIRST to bench-LAST, where TEMPLATE is a file with NAME in place of
// the name. CAS generates their secrets before it answers. `read` reads sessions at random over connections that stay
// open. IDENTITY is the PEM file of the key that owns them.
//
// Prints one line of JSON: how many succeeded, errors by text, seconds, and latencies in milliseconds.
package main

import (
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"math/rand"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

const atOnce = 16

// The outcome of many calls.
type outcome struct {
	lock   sync.Mutex
	took   []float64
	errors map[string]int
	begin  time.Time
}

func (o *outcome) add(begin time.Time, err error) {
	passed := float64(time.Since(begin).Microseconds()) / 1000
	o.lock.Lock()
	defer o.lock.Unlock()
	if err != nil {
		o.errors[err.Error()]++
	} else {
		o.took = append(o.took, passed)
	}
}

func (o *outcome) print() {
	result, _ := json.Marshal(map[string]any{
		"done": len(o.took), "errors": o.errors, "seconds": time.Since(o.begin).Seconds(),
		"p50": quantile(o.took, 0.5), "p99": quantile(o.took, 0.99)})
	fmt.Println(string(result))
}

// Each client has an address of its own, because CAS limits the requests of one address.
func kept(number int, certificate tls.Certificate) *http.Client {
	dialer := net.Dialer{
		Timeout:   10 * time.Second,
		LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 2, byte(number/250), byte(1+number%250))},
	}
	return &http.Client{Timeout: 60 * time.Second, Transport: &http.Transport{
		DialContext: dialer.DialContext,
		TLSClientConfig: &tls.Config{
			Certificates:       []tls.Certificate{certificate},
			InsecureSkipVerify: true, // #nosec: this measures; real clients pin the key
			MinVersion:         tls.VersionTLS13,
		},
	}}
}

// Calls `one` with each number from `first` to `last`, a few at a time.
func each(o *outcome, first, last int, one func(worker, number int) error) {
	numbers := make(chan int)
	var all sync.WaitGroup
	for worker := 0; worker < atOnce; worker++ {
		all.Add(1)
		go func(worker int) {
			defer all.Done()
			for number := range numbers {
				begin := time.Now()
				o.add(begin, one(worker, number))
			}
		}(worker)
	}
	for number := first; number <= last; number++ {
		numbers <- number
	}
	close(numbers)
	all.Wait()
}

func name(number int) string {
	return fmt.Sprintf("bench-%05d", number)
}

func integer(text string) int {
	number, err := strconv.Atoi(text)
	if err != nil {
		panic(err)
	}
	return number
}

func create(o *outcome, address string, owner tls.Certificate, template string, first, last int) {
	text, err := os.ReadFile(template)
	if err != nil {
		panic(err)
	}
	clients := make([]*http.Client, atOnce)
	for i := range clients {
		clients[i] = kept(i, owner)
	}
	each(o, first, last, func(worker, number int) error {
		body := strings.ReplaceAll(string(text), "NAME", name(number))
		answer, err := clients[worker].Post("https://"+address+"/v1/sessions", "application/yaml",
			strings.NewReader(body))
		return done(answer, err)
	})
}

func done(answer *http.Response, err error) error {
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	content, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode/100 != 2 {
		err = fmt.Errorf("%d %.200s", answer.StatusCode, content)
	}
	return err
}

func read(o *outcome, address string, owner tls.Certificate, last, clients int, seconds float64) {
	end := time.Now().Add(time.Duration(seconds * float64(time.Second)))
	var all sync.WaitGroup
	for number := 0; number < clients; number++ {
		all.Add(1)
		go func(number int) {
			defer all.Done()
			client := kept(number, owner)
			random := rand.New(rand.NewSource(int64(number)))
			for time.Now().Before(end) {
				begin := time.Now()
				answer, err := client.Get("https://" + address + "/v1/sessions/" + name(1+random.Intn(last)))
				o.add(begin, done(answer, err))
			}
		}(number)
	}
	all.Wait()
}

func main() {
	words := os.Args[1:]
	address, mode, rest := words[0], words[2], words[3:]
	owner, err := tls.LoadX509KeyPair(words[1], words[1])
	if err != nil {
		panic(err)
	}
	o := &outcome{errors: map[string]int{}, begin: time.Now()}
	switch mode {
	case "create":
		create(o, address, owner, rest[0], integer(rest[1]), integer(rest[2]))
	case "read":
		seconds, _ := strconv.ParseFloat(rest[2], 64)
		read(o, address, owner, integer(rest[0]), integer(rest[1]), seconds)
	default:
		panic("no mode " + mode)
	}
	o.print()
}
