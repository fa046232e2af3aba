/// Keys, and the judgement of a peer's, as the JDK's TLS wants to be given them.
package dev.testudo.trust.jsse;
