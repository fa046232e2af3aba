package dev.testudo.cas;

import dev.testudo.cas.ServerOptions.CollateralOption;
import dev.testudo.cas.Usage.Misuse;
import dev.testudo.cas.Usage.Unusable;
import dev.testudo.trust.attest.TestRoots;
import dev.testudo.trust.attest.context.HardwareRoots;
import dev.testudo.trust.attest.tpm.TpmRoots;
import dev.testudo.trust.collateral.service.ServiceAddress;
import dev.testudo.trust.collateral.service.ServiceLimits;
import dev.testudo.trust.collateral.service.ServiceSettings;
import dev.testudo.trust.collateral.service.ServiceSettings.Pcs;
import dev.testudo.trust.collateral.service.TcbUpdate;
import dev.testudo.trust.http.Proxies;
import dev.testudo.trust.pki.Pem;
import dev.testudo.trust.pki.PkiException;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Parses the options about evidence of hardware.
final class HardwareArguments {
  private final Proxies proxies;
  private HardwareRoots roots = HardwareRoots.NONE;
  private @Nullable Path collateral;
  private @Nullable URI pcs;
  private @Nullable URI kds;
  private @Nullable TcbUpdate update;
  private boolean insecureTls;
  private boolean offline;

  /// The options.
  static final Set<String> ALL =
      Set.of(
          "--test-root",
          "--tpm-root",
          "--collateral",
          "--collateral-offline",
          "--collateral-update",
          "--pcs",
          "--pcs-insecure-tls",
          "--kds");

  HardwareArguments(Map<String, String> environment) {
    this.proxies = Proxies.of(environment);
  }

  /// Takes `option` if it is about evidence of hardware.
  ///
  /// @return false if it is not
  boolean take(String option, Iterator<String> rest) throws Unusable {
    switch (option) {
      case "--test-root" -> {
        var file = Usage.value(option, rest, "a file with certificates", StateArguments::path);
        roots = roots.and(roots(option, file, TestRoots::read));
      }
      case "--tpm-root" -> {
        var file = Usage.value(option, rest, "a file with certificates", StateArguments::path);
        roots = roots.and(roots(option, file, TpmRoots::read));
      }
      case "--collateral" -> {
        Usage.once(option, collateral);
        collateral = Usage.value(option, rest, "a folder", StateArguments::path);
      }
      case "--collateral-offline" -> offline = true;
      case "--collateral-update" -> {
        Usage.once(option, update);
        update = Usage.value(option, rest, "early or standard", TcbUpdate::parse);
      }
      case "--pcs" -> {
        Usage.once(option, pcs);
        pcs = Usage.value(option, rest, "https://HOST[:PORT]", ServiceAddress::parse);
      }
      case "--pcs-insecure-tls" -> insecureTls = true;
      case "--kds" -> {
        Usage.once(option, kds);
        kds = Usage.value(option, rest, "https://HOST[:PORT]", ServiceAddress::parse);
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private interface Reader {
    HardwareRoots read(String pem) throws PkiException;
  }

  private static HardwareRoots roots(String option, Path file, Reader reader) throws Unusable {
    try (var in = Files.newInputStream(file)) {
      var bytes = in.readNBytes(Pem.MAX_LENGTH);
      return reader.read(new String(bytes, StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      throw new Unusable(Misuse.WRONG_VALUE, "`%s`: cannot read `%s`".formatted(option, file));
    } catch (PkiException e) {
      throw new Unusable(
          Misuse.WRONG_VALUE,
          "`%s` takes certificates; `%s`: %s".formatted(option, file, e.getMessage()));
    }
  }

  /// Returns what was given.
  ///
  /// @throws Unusable if options contradict each other
  ServerOptions.Hardware hardware() throws Unusable {
    var asks = pcs != null || kds != null || update != null || insecureTls;
    if (collateral == null && (asks || offline)) {
      throw new Unusable(
          Misuse.MISSING_OPTION,
          "`--pcs`, `--kds`, `--pcs-insecure-tls` and `--collateral-…` need `--collateral`");
    }
    if (asks && offline) {
      throw new Unusable(
          Misuse.CONTRADICTION,
          "`--collateral-offline` excludes `--pcs`, `--kds`, `--pcs-insecure-tls` and"
              + " `--collateral-update`");
    }
    var services = offline ? Optional.<ServiceSettings>empty() : Optional.of(services());
    return new ServerOptions.Hardware(
        roots,
        Optional.ofNullable(collateral).map(folder -> new CollateralOption(folder, services)));
  }

  private ServiceSettings services() {
    return new ServiceSettings(
        Pcs.at(
            pcs == null ? Pcs.INTEL : pcs,
            update == null ? new TcbUpdate.Standard() : update,
            insecureTls),
        kds == null ? ServiceSettings.AMD : kds,
        proxies,
        ServiceLimits.USUAL);
  }
}
