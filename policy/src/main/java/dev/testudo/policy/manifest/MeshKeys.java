package dev.testudo.policy.manifest;

import dev.testudo.policy.schema.Key;
import dev.testudo.policy.schema.Keys;
import dev.testudo.policy.schema.Secrecy;
import dev.testudo.policy.schema.Shape;
import dev.testudo.policy.session.read.MachineRules;
import dev.testudo.policy.session.read.SessionKeys;
import java.util.List;

/// The keys of Meshfiles.
public final class MeshKeys {
  /// A CAS and its roles.
  static final Keys CAS =
      Keys.of(
          "a CAS",
          Key.of("name", new Shape.Word(CasReader.ROLES), "A role of the CAS.").must(),
          Key.of("alias", new Shape.Many(new Shape.Word(CasReader.ROLES)), "Further roles."),
          Key.of("cas_url", Shape.text(), "Its address, and the value of `{{cas.cas.cas_url}}`."),
          Key.of("mode", new Shape.Word(UploadMode.texts()), "How sessions reach the CAS."),
          Key.of("cas_key", Shape.text(), "The hash of the key that it must have."),
          Key.of(
              "cas_encryption_key",
              Shape.text("^[0-9a-fA-F]{64}$"),
              "The key to which sessions are encrypted."),
          Key.ignored("tolerance", "a CAS is known by its key, whatever its evidence says"));

  /// Which platforms are accepted.
  static final List<Key> PLATFORM_TERMS =
      List.of(
          Key.of("tolerate", Shape.texts(), "Weaknesses that services may have."),
          Key.of(
              "ignore_advisories",
              SessionKeys.advisories(),
              "Ids such as `INTEL-SA-00161`, or `\"*\"`."),
          Key.of("platforms", SessionKeys.platforms(), "The platforms on which services may run."),
          Key.of(
              "min_tcb_evaluation_number",
              new Shape.Whole(0, Integer.MAX_VALUE),
              "The least number of a TCB recovery event that the platform's documents know."),
          Key.of("min_tcb_date", Shape.text(), "The least date of the TCB."),
          Key.of("collateral_grace", Shape.text(), "How long ended documents count."));

  /// A guest of Kata Containers.
  static final Keys KATA =
      Keys.of(
          "`kata`",
          Key.of("runtime_class", Shape.text(KataReader.CLASS), "The RuntimeClass of the pods.")
              .must(),
          Key.of("vcpus", new Shape.Whole(1, KataReader.MOST_VCPUS), "Processors of a pod.").must(),
          Key.of(
                  "memory",
                  new Shape.Whole(KataReader.LEAST_MEMORY, KataReader.MOST_MEMORY),
                  "Memory of a pod in MiB.")
              .must(),
          Key.of("aa", Shape.text(), "A file that is `aa.toml` of the guest."),
          Key.of("cdh", Shape.text(), "A file that is `cdh.toml` of the guest."),
          Key.of(
              "agent_policies",
              new Shape.Named(Shape.text(), Secrecy.SHOWN),
              "Files with agent policies in Rego, by service."));

  /// A machine in which services run.
  static final Keys MACHINE =
      Keys.of("a machine")
          .and(MachineRules.keys())
          .and(
              List.of(
                  Key.of(
                      KataReader.KEY,
                      new Shape.Keyed(() -> KATA),
                      "How Kata Containers starts the machine.")));

  /// What all sessions of the mesh share.
  static final Keys POLICY =
      Keys.of(
              "`policy`",
              Key.of("namespace", Shape.text(), "The name of the application on its CAS.").must(),
              Key.of(MachineReader.KEY, list(MACHINE), "The machines in which the services run."),
              Key.of("access_policy_name", Shape.text(), "A fragment: who may do what."),
              Key.of(
                  "attestation_policy_name", Shape.text(), "A fragment: which evidence is good."),
              Key.of("security_policy_name", Shape.text(), "A fragment: the whole of `security`."),
              Key.refused("image_policy_namespace", "images have no policies of their own"),
              Key.refused("maa", "Microsoft's service vouches for no evidence"))
          .and(PLATFORM_TERMS);

  /// A value.
  static final Keys VALUE =
      Keys.of(
          "a value",
          Key.of("name", Shape.text("^[^=]+$"), "The name of the value.").must(),
          Key.of("value", Shape.text(), "The value.").secret(SessionKeys.OF_VARIABLES).must());

  /// Values for one service or for all.
  static final Keys BLOCK =
      Keys.of(
          "a block of `env`",
          Key.of("service", Shape.text(), "`global`, `helm` or the name of a service."),
          Key.of("env", list(VALUE), "The values."),
          Key.of("name", Shape.text("^[^=]+$"), "The name of a value for all services."),
          Key.of("value", Shape.text(), "That value.").secret(SessionKeys.OF_VARIABLES));

  /// Why the other keys of `repo` have no effect.
  static final String ONLY_DESTINATION = "only `destination` of `repo` is used";

  /// Where the images of curated services go.
  static final Keys REPOSITORY =
      Keys.of(
          "`repo`",
          Key.of("destination", Shape.text(), "The repository above the images.").must(),
          Key.ignored("squash", ONLY_DESTINATION),
          Key.ignored("strip", ONLY_DESTINATION),
          Key.ignored("push", ONLY_DESTINATION),
          Key.ignored("config_id", ONLY_DESTINATION),
          Key.ignored("key_file", ONLY_DESTINATION));

  /// A service.
  static final Keys SERVICE =
      Keys.of(
          "a service",
          Key.of("image", Shape.text(), "`build.to` of a service manifest, or a curated image.")
              .must(),
          Key.of("name", Shape.text(), "The name in the mesh."),
          Key.of("env", list(VALUE), "Values for this service."),
          Key.of("connects", NetworkKeys.list(NetworkKeys.EDGE), "What it connects to."),
          Key.of("base", Shape.text(), "The base image of a curated service."),
          Key.of("public", NetworkKeys.list(NetworkKeys.PORT), "Ports that are open to all."),
          Key.ignored("helm_chart", "`apply` makes the chart of each service"),
          Key.refused("image_policy", "the session is made from the manifest alone"),
          Key.of("image_secrets", Shape.text(), "A file that replaces secrets of the manifest."));

  /// A Meshfile.
  public static final Keys MESH =
      Keys.of(
          "a Meshfile",
          Key.of("apiVersion", Shape.text("^scone/[0-9.]+$"), "As in `scone/5.8`.").must(),
          Key.of("kind", new Shape.Word(List.of("mesh")), "What the file is.").must(),
          Key.of("cas", list(CAS), "CAS instances and their roles.").must(),
          Key.of("policy", new Shape.Keyed(() -> POLICY), "What all sessions share.").must(),
          Key.of("env", list(BLOCK), "Values."),
          Key.of("services", list(SERVICE), "The services.").must(),
          Key.of("helm_extra_values", new Shape.Anything(), "Values of the Helm chart."),
          Key.of("repo", new Shape.Keyed(() -> REPOSITORY), "Where images of curated services go."),
          Key.refused("extra_policies", "no further policies are registered"));

  private MeshKeys() {}

  private static Shape list(Keys item) {
    return new Shape.Many(new Shape.Keyed(() -> item));
  }
}
