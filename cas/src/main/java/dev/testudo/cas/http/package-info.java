/// The HTTPS interface of CAS. Only this package uses the web server.
package dev.testudo.cas.http;
