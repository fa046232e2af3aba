package main

import (
	"io"
	"net/http"
	"os"
)

func main() {
	http.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "hello from go") })
	panic(http.ListenAndServe(":"+os.Args[1], nil))
}
