/// HTTPS. The only package that knows the web server.
package dev.testudo.cas.http;
