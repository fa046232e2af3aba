/// Resolves the host names in rules, and answers the program's own lookups of them.
package dev.testudo.shield.name;
