/// Secret values, which are never printed.
package dev.testudo.trust.secret;
