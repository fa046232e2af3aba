/// The callers of requests.
package dev.testudo.cas.caller;
