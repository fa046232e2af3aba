package dev.testudo.cli.chart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.cli.chart.ChartOrder.CasIdentity;
import dev.testudo.cli.chart.ChartOrder.PulledImage;
import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.exit.ExitCode;
import dev.testudo.image.oci.Digest;
import dev.testudo.policy.deployment.MeshPlan;
import dev.testudo.policy.manifest.Mesh;
import dev.testudo.policy.manifest.ServiceManifest;
import dev.testudo.policy.source.Diagnostics;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.policy.yaml.Yaml;
import dev.testudo.policy.yaml.YamlNode.Mapping;
import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.pki.KeyHash;
import dev.testudo.vm.VmException;
import dev.testudo.vm.initdata.Initdata;
import dev.testudo.vm.initdata.InitdataAlgorithm;
import dev.testudo.vm.initdata.InitdataAnnotation;
import dev.testudo.vm.initdata.LaunchedService;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GuestPodsTest {
  private static final String KEY = "1".repeat(32);
  private static final Measurement MEASURED = new Measurement("ab".repeat(32));
  private static final String DIGEST = "sha256:" + "1".repeat(64);
  private static final String SNP = "sev_snp: {measurement: %s}".formatted("a".repeat(96));
  private static final String TDX = "tdx: {mrtd: %s}".formatted("b".repeat(96));

  @Test
  void theAnnotationOfAPodIsItsInitdataWhichNamesItsService() throws Exception {
    var chart = chart(SNP, "", "{}", "");
    var initdata = initdata(chart);
    assertEquals(initdata.document(), annotation(chart).document());
    var launched = LaunchedService.in(initdata);
    assertEquals(KEY, launched.cas().text());
    assertEquals("demo/api/httpd", launched.service().toString());
    assertEquals(MEASURED, launched.image());
    assertEquals(Set.of("policy.rego", "testudo.toml"), initdata.data().keySet());
  }

  @Test
  void theDigestFitsTheValueOfTheHardwareExactly() throws Exception {
    var snp = initdata(chart(SNP, "", "{}", ""));
    assertEquals(InitdataAlgorithm.SHA256, snp.algorithm());
    assertEquals(32, snp.hostData().length());
    var tdx = initdata(chart(TDX, "", "{}", ""));
    assertEquals(InitdataAlgorithm.SHA384, tdx.algorithm());
    assertEquals(48, tdx.mrConfigId().length());
  }

  @Test
  void theSameMeshGivesTheSameInitdataAndAnotherImageAnother() throws Exception {
    var once = chart(SNP, "", "{}", "");
    var again = chart(SNP, "", "{}", "");
    assertEquals(once.files(Map.of()), again.files(Map.of()));
    var other = chart(SNP, "", "{api: {args: [more]}}", "");
    assertFalse(initdata(once).digest().equals(initdata(other).digest()));
  }

  @Test
  void thePolicyPermitsWhatTheValuesOfTheChartAskFor() throws Exception {
    var extra =
        "{api: {args: [one], writableFolders: [/var/cache], podSecurityContext: {fsGroup: 77},"
            + " env: [{name: GREETING, value: hello}]}}";
    var policy = policy(chart(SNP, "", extra, ""));
    for (var line :
        new String[] {
          "\"image\": \"example/api@" + DIGEST + "\"",
          "\"/.testudo\",\n\t\t\"--\",\n\t\t\"one\",\n",
          "\"groups\": [0, 77, 1000]",
          "\"SCONE_CONFIG_ID=demo/api/httpd\"",
          "\"TESTUDO_CAS_KEY=" + KEY + "\"",
          "\"TESTUDO_HOST_DATA=initdata\"",
          "\"^GREETING=[\\\\s\\\\S]*$\"",
          "\"/tmp\": \"/run/kata-containers/sandbox/ephemeral/tmp\"",
          "\"/var/cache\": \"/run/kata-containers/sandbox/ephemeral/folder-0\""
        }) {
      assertTrue(policy.contains(line), () -> line + " is not in " + policy);
    }
  }

  @Test
  void aPodAsksForTheSizeOfItsGuestAndHasItsRuntimeClass() throws Exception {
    var values = values(chart(SNP, "", "{}", ""), "values.yaml");
    assertEquals("kata-qemu-snp", values.path("global", "runtimeClassName"));
    assertEquals("2", values.path("api", "resources", "limits", "cpu"));
    assertEquals("2048Mi", values.path("api", "resources", "limits", "memory"));
    assertEquals("2", values.path("api", "resources", "requests", "cpu"));
  }

  @Test
  void theGuestGetsTheFilesOfTheMeshfileAsTheyAre() throws Exception {
    var named = ", aa: aa.toml, cdh: my/cdh.toml, agent_policies: {api: api.rego}";
    var data = initdata(chart(SNP, named, "{}", "")).data();
    assertEquals("text of aa.toml\n", data.get("aa.toml"));
    assertEquals("text of my/cdh.toml\n", data.get("cdh.toml"));
    assertEquals("text of api.rego\n", data.get("policy.rego"));
  }

  @Test
  void whatTheGuestWouldRefuseIsRefusedBeforeItStarts() {
    for (var extra :
        new String[] {
          "{api: {volumes: [{name: x, configMap: {name: y}}]}}",
          "{api: {volumeMounts: [{name: x, mountPath: /x}]}}",
          "{api: {initContainers: [{name: x}]}}",
          "{api: {env: [{name: LD_PRELOAD, value: /tmp/x}]}}",
          "{api: {env: [{name: JAVA_TOOL_OPTIONS, value: x}]}}",
          "{api: {env: [{name: TESTUDO_HOST_DATA, value: none}]}}",
          "{api: {env: [{name: 'A=B$|', value: x}]}}"
        }) {
      var failed = assertThrows(CommandFailed.class, () -> chart(SNP, "", extra, ""), extra);
      assertEquals(ExitCode.INPUT_WRONG, failed.code());
    }
    var volumes = ", volumes: [{name: data, path: /data, size_limit: 1G}]";
    assertThrows(CommandFailed.class, () -> chart(SNP, "", "{}", volumes));
  }

  @Test
  void aMeshWithoutGuestsHasNoInitdata() throws Exception {
    var plan = plan("policy: {namespace: demo}", "{global: {runtimeClassName: kata}}", "");
    var chart = chart(plan, Optional.empty());
    assertEquals(Map.of(), chart.initdata());
    assertTrue(chart.leavesInitdataOut());
    var values = String.valueOf(chart.files(Map.of()).get("charts/api/values.yaml"));
    assertFalse(values.contains("initdata:"));
  }

  private static Initdata initdata(MeshChart chart) {
    return Optional.ofNullable(chart.initdata().get("api")).orElseThrow();
  }

  private static String policy(MeshChart chart) {
    return String.valueOf(initdata(chart).data().get("policy.rego"));
  }

  private static Initdata annotation(MeshChart chart) throws VmException {
    return InitdataAnnotation.decode(values(chart, "charts/api/values.yaml").path("initdata"));
  }

  /// The values of a chart.
  private record Values(Mapping root) {
    String path(String... keys) {
      Object at = root;
      for (var key : keys) {
        at = assertInstanceOf(Mapping.class, at).entry(key).orElseThrow().value();
      }
      return String.valueOf(((dev.testudo.policy.yaml.YamlNode) at).plain());
    }
  }

  private static Values values(MeshChart chart, String file) {
    var text = String.valueOf(chart.files(Map.of()).get(file));
    return new Values((Mapping) value(Yaml.read(new SourceFile(file, text))));
  }

  private static MeshChart chart(String machine, String kata, String extra, String build)
      throws CommandFailed {
    var policy =
        """
        policy:
          namespace: demo
          machines:
            - %s
              kata: {runtime_class: kata-qemu-snp, vcpus: 2, memory: 2048%s}
        """
            .formatted(machine, kata);
    var plan = plan(policy, extra, build);
    var first = plan.mesh().policy().machines().getFirst();
    var files =
        Map.of(
            "aa.toml", "text of aa.toml\n",
            "my/cdh.toml", "text of my/cdh.toml\n",
            "api.rego", "text of api.rego\n");
    var guests =
        new GuestOrder(
            first.kind(),
            first.kata().orElseThrow(),
            new KeyHash(KEY),
            Map.of("api", MEASURED),
            files);
    return chart(plan, Optional.of(guests));
  }

  private static MeshChart chart(MeshPlan plan, Optional<GuestOrder> guests) throws CommandFailed {
    var image = new PulledImage("example/api", Digest.parse(DIGEST).orElseThrow());
    var cas = Optional.of(new CasIdentity("cas.example:8081", KEY));
    return value(MeshChart.of(new ChartOrder(plan, Map.of("api", image), Map.of(), cas, guests)));
  }

  private static MeshPlan plan(String policy, String extra, String build) {
    var mesh =
        """
        apiVersion: scone/5.8
        kind: mesh
        cas: [{name: cas, cas_url: cas.example}]
        %s
        services: [{name: api, image: 'example/api:1'}]
        helm_extra_values: %s
        """
            .formatted(policy, extra);
    var service =
        """
        apiVersion: scone/5.8
        kind: genservice
        build: {name: api, kind: python, to: 'example/api:1', command: httpd%s}
        """
            .formatted(build);
    return value(
        MeshPlan.resolve(
            value(Mesh.read(new SourceFile("mesh.yaml", mesh))),
            Map.of(
                "example/api:1",
                value(ServiceManifest.read(new SourceFile("api.yaml", service))))));
  }

  private static <T> T value(Parsed<T> parsed) {
    return switch (parsed) {
      case Parsed.Valid<T>(var value, _) -> value;
      case Parsed.Invalid<T>(var problems) ->
          throw new AssertionError(Diagnostics.render(problems));
    };
  }
}
