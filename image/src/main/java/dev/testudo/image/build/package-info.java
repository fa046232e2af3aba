/// Makes confidential images: images that start an agent, which starts the program only once it is
/// attested. docs/formats/image.md specifies them.
package dev.testudo.image.build;
