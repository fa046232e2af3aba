/// Keys, certificates and their text form. The only package that knows Bouncy Castle.
package dev.testudo.trust.pki;
