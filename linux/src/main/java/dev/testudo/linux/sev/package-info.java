/// The device through which a SEV-SNP guest talks to the firmware of its processor.
package dev.testudo.linux.sev;
