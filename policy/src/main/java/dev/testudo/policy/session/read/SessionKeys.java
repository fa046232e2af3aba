package dev.testudo.policy.session.read;

import dev.testudo.policy.schema.Key;
import dev.testudo.policy.schema.Keys;
import dev.testudo.policy.schema.Secrecy;
import dev.testudo.policy.schema.Shape;
import dev.testudo.policy.session.PlatformId;
import dev.testudo.policy.session.Tolerance;
import dev.testudo.policy.shield.ShieldVariables;
import java.util.List;
import java.util.function.Supplier;

/// The keys of sessions.
public final class SessionKeys {
  private static final String HASH = "^[0-9a-fA-F]{64}$";
  private static final int MAX_VERSION = 65_535;
  private static final String NO_EFFECT = "only older versions of the language have it";

  /// The values of variables may be passwords or keys, except for the shield's rules.
  public static final Secrecy OF_VARIABLES =
      (name, value) ->
          !ShieldVariables.isShieldVariable(name) || ShieldVariables.mayHoldKeys(name, value);

  /// What the signer of a program must be.
  static final Keys SIGNER =
      Keys.of(
          "a signer",
          Key.of("mrsigner", Shape.text(HASH), "Who signed the program.").must(),
          Key.of("isvprodid", new Shape.Whole(0, MAX_VERSION), "The product."),
          Key.of("isvsvn", new Shape.Whole(0, MAX_VERSION), "The version, exactly."),
          Key.of("isvsvn_min", new Shape.Whole(0, MAX_VERSION), "The lowest version."),
          Key.of("isvsvn_max", new Shape.Whole(0, MAX_VERSION), "The highest version."));

  /// What evidence must show.
  static final Keys ATTESTATION_RULE =
      Keys.of(
          "an attestation rule",
          Key.of(
              "mrenclave", new Shape.Many(measurement()), "Measurements; one of them must match."),
          Key.of("signer", Shape.keysOrFragment(() -> SIGNER), "Who signed the program."),
          Key.of(
              EvidenceKeys.TDX_KEY,
              Shape.keysOrFragment(() -> EvidenceKeys.TDX),
              "What a TDX trust domain must be."),
          Key.of(
              EvidenceKeys.SNP_KEY,
              Shape.keysOrFragment(() -> EvidenceKeys.SNP),
              "What a SEV-SNP guest must be."),
          Key.of(
              EvidenceKeys.TPM_KEY,
              Shape.keysOrFragment(() -> EvidenceKeys.TPM),
              "What a machine must have booted, as its TPM says."),
          Key.of(
              "join_token",
              new Shape.Word(List.of("required")),
              "Whether the service must present a join token."));

  /// A service.
  static final Keys SERVICE =
      Keys.of(
          "a service",
          Key.of("name", Shape.text("^[A-Za-z0-9_.~-]{1,128}$"), "The name.").must(),
          Key.of("command", Shape.texts(), "The program and its arguments: a text or words.")
              .secret(Secrecy.HIDDEN_EXCEPT_IN_COMPARISONS),
          Key.of(
              "environment",
              new Shape.Named(Shape.text(), OF_VARIABLES),
              "The variables of the program."),
          Key.of("pwd", Shape.text(), "The folder in which the program starts."),
          Key.of("image_name", Shape.text(), "One of `images`."),
          Key.of(
              "attestation",
              new Shape.Many(Shape.keysOrFragment(() -> ATTESTATION_RULE)),
              "What evidence must show; one of the rules must hold."),
          Key.of("mrenclaves", new Shape.Many(measurement()), "Older form of `attestation`."),
          Key.of(Platforms.KEY, platforms(), "The platforms on which the service may run."),
          VolumeKeys.REGION_PATH,
          VolumeKeys.FILES_KEY,
          VolumeKeys.FILES_TAG,
          VolumeKeys.REGION_UPDATES,
          oneTimePassword("The secret behind the service's one-time passwords, in Base32."),
          Key.ignored("persistency", NO_EFFECT),
          Key.ignored("tags", NO_EFFECT));

  /// A file that CAS delivers.
  static final Keys INJECTION_FILE =
      Keys.of(
          "an injection file",
          Key.of("path", Shape.text(), "An absolute path.").must(),
          Key.of("content", Shape.text(), "The text; without it, that of the image's file.")
              .secret(),
          Key.of("permission", Shape.text(), "Octal mode bits, as in `0o400`."));

  /// An image.
  static final Keys IMAGE =
      Keys.of(
          "an image",
          Key.of("name", Shape.text(), "The name that services refer to.").must(),
          Key.of(
              "injection_files",
              new Shape.Many(
                  new Shape.Either(List.of(new Shape.Keyed(() -> INJECTION_FILE), Shape.text()))),
              "The files that CAS delivers."),
          Key.of("provide_secrets", Shape.texts(), "Secrets for files of the image."),
          Key.of("volumes", list(() -> VolumeKeys.MOUNT), "The volumes that the programs see."),
          Key.ignored("mrenclaves", NO_EFFECT),
          Key.ignored("tags", NO_EFFECT));

  /// An advisory, and for how long it is ignored.
  static final Keys ADVISORY =
      Keys.of(
          "an ignored advisory",
          Key.of("id", Shape.text("^(INTEL-SA-[0-9]{5}|\\*)$"), "The id, or `\"*\"`.").must(),
          Key.of("reason", Shape.text(), "Why it is ignored."),
          Key.of("until", Shape.text(), "The last day on which it is ignored, in UTC."));

  /// How services attest.
  static final Keys ATTESTATION =
      Keys.of(
          "`attestation`",
          Key.of(
              "mode",
              new Shape.Word(List.of("hardware", "none", "maa")),
              "Whether services must attest."),
          Key.of(
              "tolerate",
              new Shape.Many(
                  new Shape.Either(List.of(new Shape.Word(Tolerance.texts()), Shape.fragment()))),
              "Weaknesses that services may have."),
          Key.of("ignore_advisories", advisories(), "Ids such as `INTEL-SA-00161`, or `\"*\"`."),
          Key.of(Platforms.KEY, platforms(), "The platforms on which services may run."),
          Key.of(
              PlatformTermsReader.LEAST_EVALUATION,
              new Shape.Either(
                  List.of(
                      new Shape.Whole(0, PlatformTermsReader.MOST_EVALUATION), Shape.fragment())),
              "The least number of a TCB recovery event that the platform's documents know."),
          Key.of(PlatformTermsReader.LEAST_DATE, Shape.text(), "The least date of the TCB."),
          Key.of(PlatformTermsReader.GRACE, Shape.text(), "How long ended documents count."),
          Key.refused("trusted_scone_qe_pubkeys", "quotes of an older kind are not accepted"),
          Key.of("url", Shape.text(), "The address of Microsoft's service. Not supported."),
          Key.of("certificates", Shape.texts(), "Keys of Microsoft's service. Not supported."),
          oneTimePassword("The secret behind the one-time passwords of all services, in Base32."),
          Key.of("must_be_sgx_local", new Shape.Flag(), "`true` is not supported."),
          Key.ignored("min_rsa_signing_key_size", "no longer since version 5.8"));

  /// What CAS requires of services.
  static final Keys SECURITY =
      Keys.of(
          "`security`",
          Key.of(
              "attestation", Shape.keysOrFragment(() -> ATTESTATION), "What evidence must show."),
          Key.of("service_access_token", Shape.text(), "A token that services must present.")
              .secret(),
          Key.of("singleton_enclaves", new Shape.Flag(), "`true` is not supported."));

  /// Who may do what.
  static final Keys ACCESS_POLICY =
      Keys.of(
          "`access_policy`",
          Key.of("read", principals(), "Who may read the session."),
          Key.of("update", principals(), "Who may replace or delete the session."),
          Key.of("create_sessions", principals(), "Who may create sessions in the namespace."),
          Key.of("list_sessions", principals(), "Who may list sessions in the namespace."));

  /// A session.
  public static final Keys SESSION =
      Keys.of(
          "a session",
          Key.of("name", Shape.text(), "The name, with its namespace.").must(),
          Key.of(
                  "version",
                  Shape.text("^0\\.3(\\.([0-9]|1[0-2]))?$"),
                  "The version of the language: `0.3` to `0.3.12`.")
              .must(),
          Key.of("services", list(() -> SERVICE), "The programs."),
          Key.of("images", list(() -> IMAGE), "Files for the programs."),
          Key.of("secrets", list(() -> SecretKeys.SECRET), "The values that CAS manages."),
          Key.of(
              "access_policy",
              Shape.keysOrFragment(() -> ACCESS_POLICY),
              "Who may do what with the session."),
          Key.of("security", Shape.keysOrFragment(() -> SECURITY), "What CAS requires."),
          Key.of("predecessor", Shape.text(HASH), "The session that this one replaces."),
          Key.of("namespace_hash", Shape.text(HASH), "The revision of the namespace's session."),
          Key.of("salt", Shape.text("^[0-9a-fA-F]{32}$"), "Changes the session's hash."),
          Key.of("volumes", list(() -> VolumeKeys.VOLUME), "Folders with protected files."),
          Key.refused("secret_config", "CAS stores the secrets in its own database"),
          Key.ignored("creator", "CAS records who registered the session"),
          Key.ignored("digest", NO_EFFECT),
          Key.ignored("tags", NO_EFFECT));

  private SessionKeys() {}

  private static Shape list(Supplier<Keys> item) {
    return new Shape.Many(new Shape.Keyed(item));
  }

  private static Key oneTimePassword(String meaning) {
    return Key.of(PasswordReader.KEY, Shape.text(), meaning).secret();
  }

  /// Returns the shape of `ignore_advisories`.
  public static Shape advisories() {
    return new Shape.Many(new Shape.Either(List.of(Shape.text(), new Shape.Keyed(() -> ADVISORY))));
  }

  /// Returns the shape of `platforms`.
  public static Shape platforms() {
    return new Shape.Many(Shape.text("^(" + PlatformId.pattern() + "|\\$\\$SCONE::.*)$"));
  }

  private static Shape measurement() {
    return Shape.text("^([0-9a-fA-F]{64}|\\$\\$SCONE::.*)$");
  }

  /// A list of principals, of which one may need the agreement of others.
  private static Shape principals() {
    return new Shape.Many(
        new Shape.Either(
            List.of(Shape.text(), new Shape.Named(new Shape.Many(anyone()), Secrecy.SHOWN))));
  }

  private static Shape anyone() {
    return new Shape.Either(
        List.of(Shape.text(), new Shape.Named(new Shape.Anything(), Secrecy.SHOWN)));
  }
}
