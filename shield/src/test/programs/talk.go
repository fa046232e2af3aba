// Echoes and compares with one goroutine per direction of every connection, while others allocate
// and compute, so that the runtime preempts by SIGURG and collects garbage in between.
//
//	talk serve <port> <connections>
//	talk call <port> <connections> <bytes>
package main

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"io"
	"math/rand"
	"net"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// Loops without function calls, for longer than a time slice: only a signal takes the processor
// from them. Half the time they leave it to the others of the machine.
func compute(stop *atomic.Bool, sink *uint64) {
	var x uint64 = 1
	for !stop.Load() {
		for i := 0; i < 40_000_000; i++ {
			x = x*6364136223846793005 + 1442695040888963407
		}
		time.Sleep(30 * time.Millisecond)
	}
	*sink = x
}

func serve(address string, connections int) {
	listener, err := net.Listen("tcp4", address)
	must(err)
	var all sync.WaitGroup
	for i := 0; i < connections; i++ {
		connection, err := listener.Accept()
		must(err)
		all.Add(1)
		go func() {
			defer all.Done()
			_, err := io.Copy(connection, connection)
			must(err)
			must(connection.Close())
		}()
	}
	all.Wait()
	fmt.Println("served", connections)
}

func call(address string, connections int, size int64) {
	var all sync.WaitGroup
	for i := 0; i < connections; i++ {
		all.Add(1)
		go func(seed int64) {
			defer all.Done()
			connection, err := net.Dial("tcp", address)
			must(err)
			sent, got := fnv.New64a(), fnv.New64a()
			go func() {
				source := io.LimitReader(rand.New(rand.NewSource(seed)), size)
				_, err := io.Copy(io.MultiWriter(connection, sent), source)
				must(err)
				must(connection.(*net.TCPConn).CloseWrite())
			}()
			length, err := io.Copy(got, connection)
			must(err)
			if length != size || !bytes.Equal(sent.Sum(nil), got.Sum(nil)) {
				must(fmt.Errorf("connection %d brought back %d other bytes", seed, length))
			}
			must(connection.Close())
		}(int64(i))
	}
	all.Wait()
	fmt.Println("carried", connections, "x", size)
}

func main() {
	var stop atomic.Bool
	var sink uint64
	go compute(&stop, &sink)
	address := "127.0.0.1:" + os.Args[2]
	connections, err := strconv.Atoi(os.Args[3])
	must(err)
	if os.Args[1] == "serve" {
		serve(address, connections)
	} else {
		size, err := strconv.ParseInt(os.Args[4], 10, 64)
		must(err)
		call(address, connections, size)
	}
	stop.Store(true)
}
