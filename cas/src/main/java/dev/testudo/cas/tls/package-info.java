/// TLS engines for the server of CAS.
package dev.testudo.cas.tls;
