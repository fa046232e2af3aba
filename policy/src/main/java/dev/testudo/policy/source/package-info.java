/// Text with places in it, and what is said about a place.
package dev.testudo.policy.source;
