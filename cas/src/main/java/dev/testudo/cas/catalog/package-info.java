/// Stored sessions in parsed form.
package dev.testudo.cas.catalog;
