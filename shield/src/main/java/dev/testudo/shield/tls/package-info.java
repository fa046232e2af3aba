/// TLS as a transformer of bytes: engines, certificate verification, ALPN binding, descriptions of
/// failures. Owns no sockets and no threads.
package dev.testudo.shield.tls;
