package dev.testudo.agent.attest;

import dev.testudo.agent.AgentFailure;
import dev.testudo.agent.attest.source.Devices;
import dev.testudo.agent.attest.source.Requests;
import dev.testudo.agent.attest.source.SourceName;
import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.EvidenceJson;
import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.attest.evidence.ReportData;
import dev.testudo.trust.channel.AttestedChannel;
import dev.testudo.trust.files.BoundedFile;
import dev.testudo.trust.files.UnsuitableFileException;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.pki.PkiException;
import dev.testudo.trust.pki.PublicKeys;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// `testudo attest evidence`: prints the evidence that an agent on this machine would show to CAS.
public final class EvidenceCommand {
  /// The words of the command.
  public static final List<String> COMMAND = List.of("attest", "evidence");

  private static final String HELP =
      """
      Usage: testudo attest evidence --nonce HEX [--key FILE] [--source SOURCE]
                                     [--vmpl N] [--image DIR]
      Prints the evidence that an agent on this machine would show to CAS, as JSON. It
      is bound to SHA-512(key, nonce). `testudo attest verify` verifies it.
        -h, --help           Prints this help.
            --image DIR      The image of which software evidence speaks.
            --key FILE       The public key in PEM (default: a new one, which is
                             printed to standard error).
            --nonce HEX      The nonce: 64 hexadecimal digits.
            --source SOURCE  Where evidence comes from: configfs-tsm, sev-guest,
                             gramine, azure-vtpm, tpm or software; auto takes the
                             first that is there, never tpm (default: auto).
            --vmpl N         The privilege level for which SEV-SNP reports, 0 to 3.

      Exit codes: 0 done, 1 the input is wrong, 2 usage, 3 the source is absent or
      does not work.
      """;

  private static final String USAGE = "; see `testudo attest evidence --help`";
  private static final String SOURCE = "--source";
  private static final String IMAGE = "--image";
  private static final Set<String> OPTIONS =
      Set.of(IMAGE, "--key", "--nonce", SOURCE, EvidenceOptions.LEVEL);
  private static final int MOST_KEY_BYTES = 64 << 10;

  private final Map<String, String> given;
  private final Path lib;
  private final Devices devices;
  private final PrintStream out;
  private final PrintStream err;

  private EvidenceCommand(
      Map<String, String> given, Path lib, Devices devices, PrintStream out, PrintStream err) {
    this.given = given;
    this.lib = lib;
    this.devices = devices;
    this.out = out;
    this.err = err;
  }

  /// Runs the command and returns its exit code.
  ///
  /// @param args the words after the command
  /// @param lib the directory of our own jars, which software evidence measures
  public static int run(List<String> args, Path lib, PrintStream out, PrintStream err) {
    return run(args, lib, Devices.ofMachine(), out, err);
  }

  static int run(List<String> args, Path lib, Devices devices, PrintStream out, PrintStream err) {
    if (args.contains("--help") || args.contains("-h")) {
      out.print(HELP);
      out.flush();
      return 0;
    }
    try {
      new EvidenceCommand(parsed(args), lib, devices, out, err).print();
      return 0;
    } catch (AgentFailure e) {
      return failed(e, err);
    } catch (IOException e) {
      return failed(AgentFailure.environment("obtain evidence", e), err);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return failed(AgentFailure.environment("obtain evidence", e), err);
    }
  }

  private static int failed(AgentFailure failure, PrintStream err) {
    err.println("testudo: " + failure.line());
    return failure.kind().exitCode();
  }

  private static Map<String, String> parsed(List<String> args) throws AgentFailure {
    var given = new HashMap<String, String>();
    for (var i = args.iterator(); i.hasNext(); ) {
      var name = i.next();
      if (!OPTIONS.contains(name)) {
        throw AgentFailure.usage("`" + name + "` is not an option" + USAGE);
      }
      if (!i.hasNext()) {
        throw AgentFailure.usage("`" + name + "` needs a value" + USAGE);
      }
      if (given.put(name, i.next()) != null) {
        throw AgentFailure.usage("`" + name + "` is given twice" + USAGE);
      }
    }
    return given;
  }

  private void print() throws AgentFailure, IOException, InterruptedException {
    var options = options();
    var data = ReportData.of(key(), HexFormat.of().parseHex(nonce()));
    var hardware =
        EvidenceSources.hardware(options, devices, why -> err.println("testudo: " + why));
    var evidence = hardware.isPresent() ? Requests.make(hardware.get(), data) : software(data);
    if (hardware.isPresent()) {
      err.println("testudo: evidence from " + hardware.get().name() + ", not verified here");
    } else {
      err.println("testudo: not hardware attested (software evidence)");
    }
    out.write(Json.write(EvidenceJson.encode(evidence)));
    out.println();
    if (out.checkError()) {
      throw AgentFailure.environment("print evidence", new IOException("nobody reads the output"));
    }
  }

  /// Returns the options about evidence.
  ///
  /// @throws AgentFailure with all mistakes of the command line
  private EvidenceOptions options() throws AgentFailure {
    var mistakes = new ArrayList<String>();
    var options = EvidenceOptions.read(given, SOURCE, mistakes);
    if (Measurement.parse(nonce()).isEmpty()) {
      mistakes.add("`--nonce` needs 64 hexadecimal digits");
    }
    var isSoftware = options.source().equals(Optional.of(SourceName.SOFTWARE));
    if (isSoftware && !given.containsKey(IMAGE)) {
      mistakes.add("`--source software` needs `--image DIR`");
    }
    if (options.source().isPresent() && !isSoftware && given.containsKey(IMAGE)) {
      mistakes.add("`--image` is only for software evidence");
    }
    if (!mistakes.isEmpty()) {
      throw AgentFailure.usage(String.join("; ", mistakes) + USAGE);
    }
    return options;
  }

  private String nonce() {
    return given.getOrDefault("--nonce", "").toLowerCase(Locale.ROOT);
  }

  private PublicKey key() throws AgentFailure {
    var name = given.get("--key");
    if (name == null) {
      var fresh = AttestedChannel.instance().certificate().getPublicKey();
      err.print("testudo: bound to a new key, which nobody has:\n" + PublicKeys.toPem(fresh));
      return fresh;
    }
    var file = Path.of(name);
    try {
      var pem = new String(BoundedFile.read(file, MOST_KEY_BYTES), StandardCharsets.ISO_8859_1);
      return PublicKeys.fromPem(pem);
    } catch (UnsuitableFileException e) {
      throw AgentFailure.input("`--key`: " + e.getMessage());
    } catch (PkiException e) {
      throw AgentFailure.input("%s: %s".formatted(file, e.getMessage()));
    } catch (IOException e) {
      throw AgentFailure.environment("read the key", e);
    }
  }

  private Evidence software(ReportData data) throws AgentFailure, InterruptedException {
    var image = given.get(IMAGE);
    if (image == null) {
      throw AgentFailure.environment(
          "obtain evidence",
          new IOException(
              "no source of hardware evidence is here, and software evidence needs `--image DIR`"));
    }
    return new SoftwareEvidence(Measuring.start(lib, Path.of(image))).of(data);
  }
}
