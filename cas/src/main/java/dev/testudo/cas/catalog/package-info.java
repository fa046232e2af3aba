/// Stored sessions, read.
package dev.testudo.cas.catalog;
