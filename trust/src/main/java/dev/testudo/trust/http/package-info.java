/// What all clients of HTTP need to know: the proxies of the user, and which hosts are this
/// machine.
package dev.testudo.trust.http;
