/// Directories and files that are this user's alone.
package dev.testudo.trust.files;
