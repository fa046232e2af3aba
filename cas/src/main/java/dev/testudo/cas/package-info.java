/// CAS as a whole: its options and its start.
package dev.testudo.cas;
