/// Keys, certificates and their text forms. Only this package uses Bouncy Castle.
package dev.testudo.trust.pki;
