/// TLS 1.3 as a transformer of bytes: engines, certificate checks, ALPN binding, failures in
/// words. Owns no sockets and no threads.
package dev.testudo.shield.tls;
