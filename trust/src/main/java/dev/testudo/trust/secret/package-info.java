/// Values that are lent and never printed.
package dev.testudo.trust.secret;
