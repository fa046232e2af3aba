/// Directories and files that belong to this user alone.
package dev.testudo.trust.files;
