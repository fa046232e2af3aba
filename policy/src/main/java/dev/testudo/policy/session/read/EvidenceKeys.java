package dev.testudo.policy.session.read;

import dev.testudo.policy.schema.Key;
import dev.testudo.policy.schema.Keys;
import dev.testudo.policy.schema.Shape;
import dev.testudo.policy.session.SnpField;
import dev.testudo.policy.session.TdxField;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/// The keys of what a policy demands of confidential virtual machines. They are extensions: SCONE
/// documents none.
final class EvidenceKeys {
  static final String TDX_KEY = "tdx";
  static final String SNP_KEY = "sev_snp";
  static final String TPM_KEY = "tpm";
  static final String PCRS_KEY = "pcrs";
  static final String IMAGE_KEY = "image";

  /// The greatest number of a TPM's register.
  static final int MOST_PCR = 23;

  /// The greatest version of a guest.
  static final int MOST_SVN = Integer.MAX_VALUE;

  /// The greatest version of a component of firmware.
  static final int MOST_COMPONENT = 255;

  /// The length of MRCONFIGID's shorter form, in hexadecimal digits.
  static final int SHORT_CONFIG_ID = 64;

  static final int REGISTER_DIGITS = 96;
  static final int PCR_DIGITS = 64;

  /// The registers of a TPM.
  static final Keys PCRS =
      Keys.of(
          "`pcrs`",
          IntStream.rangeClosed(0, MOST_PCR)
              .mapToObj(n -> Key.of("" + n, hex(PCR_DIGITS), "Register %d.".formatted(n)))
              .toArray(Key[]::new));

  /// The registers of a trust domain.
  static final Keys RTMR =
      Keys.of(
          "`rtmr`",
          TdxField.REGISTERS.stream()
              .map(f -> Key.of(f.key(), hex(REGISTER_DIGITS), "Register %s.".formatted(f.key())))
              .toArray(Key[]::new));

  /// What a trust domain must be.
  static final Keys TDX =
      Keys.of(
          "`tdx`",
          Key.of("mrtd", hex(REGISTER_DIGITS), "What the domain was created with."),
          Key.of("rtmr", keys(() -> RTMR), "The registers that are extended at run time."),
          Key.of(
              "mrconfigid",
              new Shape.Many(Shape.text("^([0-9a-fA-F]{64}|[0-9a-fA-F]{96}|\\$\\$SCONE::.*)$")),
              "The configuration; of 64 digits, 16 bytes of zeros follow."),
          Key.of("mrowner", hex(REGISTER_DIGITS), "The owner."),
          Key.of("mrownerconfig", hex(REGISTER_DIGITS), "The owner's configuration."),
          Key.of("mrseam", hex(REGISTER_DIGITS), "The TDX module."),
          Key.of("mrservicetd", hex(REGISTER_DIGITS), "The service domains; else there is none."),
          Key.of(PCRS_KEY, keys(() -> PCRS), "The guest behind a paravisor."));

  /// Who owns a guest.
  static final Keys ID_KEY =
      Keys.of(
          "`id_key`",
          Key.of("digest", hex(REGISTER_DIGITS), "SHA-384 of the ID key."),
          Key.of("author_digest", hex(REGISTER_DIGITS), "SHA-384 of the author key."),
          Key.of("image_id", hex(SnpField.IMAGE_ID.digits()), "The image."),
          Key.of("family_id", hex(SnpField.FAMILY_ID.digits()), "The family of images."),
          Key.of("guest_svn", svn(), "The version, exactly."),
          Key.of("guest_svn_min", svn(), "The lowest version."),
          Key.of("guest_svn_max", svn(), "The highest version."));

  /// The least version of firmware.
  static final Keys LEAST_TCB =
      Keys.of(
          "a minimum of `min_tcb`",
          Key.of("fmc", component(), "From Turin on."),
          Key.of("boot_loader", component(), "The boot loader."),
          Key.of("tee", component(), "The operating system of the secure processor."),
          Key.of("snp", component(), "The SEV-SNP firmware."),
          Key.of("microcode", component(), "The microcode."));

  /// The least versions of firmware.
  static final Keys MIN_TCB =
      Keys.of(
          "`min_tcb`",
          Key.of("committed", keys(() -> LEAST_TCB), "Below which the host cannot go back."),
          Key.of("launch", keys(() -> LEAST_TCB), "When the guest was launched."),
          Key.of("reported", keys(() -> LEAST_TCB), "Which the signing key stands for."));

  /// What a guest must be.
  static final Keys SNP =
      Keys.of(
          "`sev_snp`",
          Key.of("measurement", hex(REGISTER_DIGITS), "What the guest was launched with."),
          Key.of("host_data", hex(SnpField.HOST_DATA.digits()), "What the host gave it."),
          Key.of("id_key", keys(() -> ID_KEY), "Who owns it, and which image it is."),
          Key.of(
              "vmpl",
              new Shape.Many(new Shape.Either(List.of(new Shape.Whole(0, 3), Shape.fragment()))),
              "The privilege levels, 0 to 3; else only 0."),
          Key.of("min_tcb", keys(() -> MIN_TCB), "The least versions of the firmware."),
          Key.of(
              "chip_ids",
              new Shape.Many(Shape.text("^([0-9a-fA-F]{16}|[0-9a-fA-F]{128}|\\$\\$SCONE::.*)$")),
              "The processors."),
          Key.of(PCRS_KEY, keys(() -> PCRS), "The guest behind a paravisor."));

  /// The parts of a unified kernel image.
  static final Keys TPM_IMAGE =
      Keys.of(
          "parts of a booted image",
          Key.of("uki", hex(PCR_DIGITS), "The file with its stub, as Authenticode hashes it."),
          Key.of("linux", hex(PCR_DIGITS), "The kernel."),
          Key.of("osrel", hex(PCR_DIGITS), "The name of the system."),
          Key.of("cmdline", hex(PCR_DIGITS), "The command line."),
          Key.of("initrd", hex(PCR_DIGITS), "The initrd."));

  /// What a machine must have booted.
  static final Keys TPM =
      Keys.of(
          "`tpm`",
          Key.of(IMAGE_KEY, keys(() -> TPM_IMAGE), "The parts of the image, SHA-256 each."),
          Key.of(PCRS_KEY, keys(() -> PCRS), "The registers of the TPM."));

  private EvidenceKeys() {}

  /// Returns the shape of values with a number of hexadecimal digits.
  private static Shape hex(int digits) {
    return new Shape.Many(Shape.text("^([0-9a-fA-F]{%d}|\\$\\$SCONE::.*)$".formatted(digits)));
  }

  private static Shape keys(Supplier<Keys> keys) {
    return Shape.keysOrFragment(keys);
  }

  private static Shape svn() {
    return whole(MOST_SVN);
  }

  private static Shape component() {
    return whole(MOST_COMPONENT);
  }

  /// A placeholder may stand for a number, too.
  private static Shape whole(int most) {
    return new Shape.Either(List.of(new Shape.Whole(0, most), Shape.fragment()));
  }
}
