package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.trust.collateral.service.ServiceAddress;
import dev.testudo.trust.collateral.service.ServiceLimits;
import dev.testudo.trust.collateral.service.ServiceSettings;
import dev.testudo.trust.collateral.service.TcbUpdate;
import dev.testudo.trust.http.Proxies;
import java.net.URI;
import java.util.OptionalInt;
import picocli.CommandLine.Option;

/// The options that say which services are asked for documents.
final class CollateralServiceOptions {
  @Option(
      names = "--pcs",
      paramLabel = "URL",
      description = "Intel's service, or a cache of it (PCCS), such as https://pccs.example:8081.")
  private String pcs = ServiceSettings.Pcs.INTEL.toString();

  @Option(
      names = "--pcs-insecure-tls",
      description = "Accepts any TLS certificate of a PCCS. Documents are verified all the same.")
  private boolean insecureTls;

  @Option(names = "--kds", paramLabel = "URL", description = "AMD's service, or a cache of it.")
  private String kds = ServiceSettings.AMD.toString();

  @Option(
      names = "--update",
      paramLabel = "early|standard",
      description = {
        "Which TCB evaluation Intel's service delivers: at the disclosure of a vulnerability, "
            + "or some weeks later (default: standard)."
      })
  private String update = "standard";

  @Option(
      names = "--evaluation",
      paramLabel = "N",
      description = "Asks for this TCB evaluation number instead.")
  private OptionalInt evaluation = OptionalInt.empty();

  /// Returns the settings, with the proxies of the user.
  ServiceSettings settings(CliContext context) throws CommandFailed {
    return new ServiceSettings(
        ServiceSettings.Pcs.at(address("--pcs", pcs), update(), insecureTls),
        address("--kds", kds),
        Proxies.of(context.environment()),
        ServiceLimits.USUAL);
  }

  private TcbUpdate update() throws CommandFailed {
    if (evaluation.isPresent()) {
      return new TcbUpdate.Numbered(evaluation.getAsInt());
    }
    return TcbUpdate.parse(update)
        .orElseThrow(
            () ->
                CommandFailed.usage(
                    "`--update` takes early or standard, not `%s`".formatted(update)));
  }

  private static URI address(String option, String text) throws CommandFailed {
    return ServiceAddress.parse(text)
        .orElseThrow(
            () ->
                CommandFailed.usage(
                    "`%s` takes https://HOST[:PORT], or http:// for this machine, not `%s`"
                        .formatted(option, text)));
  }
}
