package dev.testudo.vm.measure.snp;

import java.util.Arrays;
import java.util.Optional;

/// The processors of AMD with SEV-SNP, and older ones whose models QEMU gives to guests on them.
/// The signatures are those of QEMU's `target/i386/cpu.c`; all versions of a model share one.
public enum CpuModel {
  EPYC("EPYC", 23, 1, 2),
  ROME("EPYC-Rome", 23, 49, 0),
  MILAN("EPYC-Milan", 25, 1, 1),
  GENOA("EPYC-Genoa", 25, 17, 0),
  TURIN("EPYC-Turin", 26, 0, 0);

  private final String text;
  private final int family;
  private final int model;
  private final int stepping;

  CpuModel(String text, int family, int model, int stepping) {
    this.text = text;
    this.family = family;
    this.model = model;
    this.stepping = stepping;
  }

  /// Returns QEMU's name, without a version.
  public String text() {
    return text;
  }

  /// Returns the signature.
  public CpuSignature signature() {
    return CpuSignature.of(family, model, stepping);
  }

  /// Returns the model with a name that QEMU's option `-cpu` takes, such as `EPYC-v4`.
  public static Optional<CpuModel> named(String name) {
    var base = name.replaceFirst("-v[1-9][0-9]?$", "");
    if (name.equals("EPYC-IBPB")) {
      return Optional.of(EPYC);
    }
    return Arrays.stream(values()).filter(model -> model.text.equals(base)).findFirst();
  }
}
