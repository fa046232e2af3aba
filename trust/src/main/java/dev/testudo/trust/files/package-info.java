/// Directories and files that belong to this user alone, and files that may be anything.
package dev.testudo.trust.files;
