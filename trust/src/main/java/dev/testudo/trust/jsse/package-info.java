/// Adapters that give keys and the authentication of peers to the JDK's TLS.
package dev.testudo.trust.jsse;
