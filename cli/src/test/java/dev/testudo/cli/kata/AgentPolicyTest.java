package dev.testudo.cli.kata;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.cli.kata.GuestContainer.Environment;
import dev.testudo.cli.kata.GuestContainer.GuestUser;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What the policy lets a host do. Each refused request differs from a permitted one in one place.
class AgentPolicyTest {
  private static final String CID = "0123456789abcdef".repeat(4);
  private static final String IMAGE = "registry.example/shop/api@sha256:" + "1".repeat(64);
  private static final GuestContainer API =
      new GuestContainer(
          IMAGE,
          List.of("/.testudo/lib/ld.so", "--image", "/.testudo", "--"),
          new GuestUser(0, 0, List.of(0L, 1000L)),
          new Environment(
              List.of("LC_ALL=C.UTF-8", "TESTUDO_HOST_DATA=initdata"),
              List.of("^HOSTNAME=[a-z0-9.-]+$")),
          Map.of("/tmp", "/run/kata-containers/sandbox/ephemeral/tmp"));
  private static final PolicyJudge JUDGE = PolicyJudge.of(AgentPolicy.of(API));

  /// A change of a request.
  record Change(String request, String from, String to) {
    String changed() throws IOException {
      var text = read(request);
      assertTrue(text.contains(from), from);
      return text.replaceFirst(Pattern.quote(from), Matcher.quoteReplacement(to));
    }
  }

  @Test
  void theContainerOfTheServiceAndTheFirstOneOfItsPodArePermitted() throws IOException {
    assertTrue(JUDGE.permits("CreateContainerRequest", read("service")));
    assertTrue(JUDGE.permits("CreateContainerRequest", read("pause")));
  }

  static Stream<Change> otherContainers() {
    return Stream.of(
            // another image, or the same by its tag
            "\"source\": \"registry.example/shop/api@sha256:11|\"source\": \"registry.example/shop/api@sha256:21",
            "\"source\": \"registry.example/shop/api@sha256:"
                + "1".repeat(64)
                + "|\"source\": \"registry.example/shop/api:latest",
            "\"source\": \"registry.example/|\"source\": \"evil.example/",
            // another root
            "\"Path\": \"/run/kata-containers/CID/rootfs\"|\"Path\": \"/\"",
            "\"Path\": \"/run/kata-containers/CID/rootfs\"|\"Path\": \"/run/kata-containers/sandbox/shm\"",
            "\"mount_point\": \"/run/kata-containers/CID/rootfs\"|\"mount_point\": \"/run/kata-containers/other/rootfs\"",
            "\"Readonly\": true|\"Readonly\": false",
            "\"driver\": \"image_guest_pull\"|\"driver\": \"blk\"",
            "\"driver\": \"ephemeral\"|\"driver\": \"virtio-fs\"",
            "\"source\": \"tmpfs\", \"fstype\"|\"source\": \"kataShared\", \"fstype\"",
            // another process
            "\"--image\", \"/.testudo\"|\"--image\", \"/tmp\"",
            "\"/.testudo/lib/ld.so\"|\"/bin/sh\"",
            "\"/.testudo\", \"--\"|\"/.testudo\", \"--\", \"more\"",
            "\"Cwd\": \"/\"|\"Cwd\": \"/tmp\"",
            "\"Terminal\": false|\"Terminal\": true",
            "\"NoNewPrivileges\": true|\"NoNewPrivileges\": false",
            "\"UID\": 0|\"UID\": 1",
            "\"GID\": 0|\"GID\": 1",
            "[1000]|[1000, 6]",
            "\"Username\": \"\"|\"Username\": \"root\"",
            "\"Bounding\": []|\"Bounding\": [\"CAP_SYS_ADMIN\"]",
            "\"Effective\": []|\"Effective\": null",
            "\"string_user\": null|\"string_user\": {\"uid\": \"0\"}",
            // another environment
            "TESTUDO_HOST_DATA=initdata|TESTUDO_HOST_DATA=none",
            "LC_ALL=C.UTF-8|JAVA_TOOL_OPTIONS=-javaagent:/tmp/evil.jar",
            "LC_ALL=C.UTF-8|LD_PRELOAD=/tmp/evil.so",
            "HOSTNAME=api-6d4c|HOSTNAME=api\\nLD_PRELOAD=/tmp/x",
            "HOSTNAME=api-6d4c|HOSTNAME=api\\n",
            // other mounts
            "\"destination\": \"/etc/hosts\"|\"destination\": \"/.testudo/lib/ld.so\"",
            "\"source\": \"/run/kata-containers/sandbox/shm\"|\"source\": \"/run/kata-containers/shared\"",
            "CID-0123456789abcdef-hosts|CID-0123456789abcdef-evil",
            "CID-0123456789abcdef-hosts|CID-0123456789abcdef-hosts/../../../../x-hosts",
            "\"source\": \"/sys/kernel/config\"|\"source\": \"/run\"",
            "\"destination\": \"/tmp\"|\"destination\": \"/\"",
            "\"source\": \"proc\", \"options\": [|\"source\": \"proc\", \"options\": [\"rbind\", ",
            "\"source\": \"proc\"|\"source\": \"/run/kata-containers\"",
            "\"rprivate\", \"rw\"|\"rshared\", \"rw\"",
            // more of the kernel
            "\"/proc/kcore\", |",
            "\"/proc/sys\", |",
            "\"nodev\", \"ro\"]|\"nodev\", \"rw\"]",
            "\"nosuid\", \"ro\"]|\"nosuid\"]",
            "\"MaskedPaths\"|\"OtherPaths\"",
            // other rights
            "\"devices\": []|\"devices\": [{\"container_path\": \"/dev/vda\"}]",
            "\"shared_mounts\": []|\"shared_mounts\": [{\"name\": \"x\"}]",
            "\"sandbox_pidns\": false|\"sandbox_pidns\": true",
            "\"Hooks\": null|\"Hooks\": {\"Prestart\": []}",
            "\"Seccomp\": null|\"Seccomp\": {\"DefaultAction\": \"SCMP_ACT_ERRNO\"}",
            "\"Resources\": {\"Devices\": []}|\"Resources\": {\"Devices\": [{\"Allow\": true}]}",
            "\"Path\": \"\"}|\"Path\": \"/proc/1/ns/mnt\"}",
            "\"Type\": \"mount\"|\"Type\": \"user\"",
            "\"net.ipv4.ip_unprivileged_port_start\"|\"kernel.core_pattern\"",
            "\"io.kubernetes.cri.container-name\"|\"cdi.k8s.io/vfio0\"",
            "\"io.kubernetes.cri.container-name\"|\"io.kubernetes.cri-o.ContainerType\"",
            "\"io.kubernetes.cri.container-type\": \"container\",|\"io.kubernetes.cri.container-type\": \"sandbox\",",
            "\"container_id\": \"CID\"|\"container_id\": \"../CID\"")
        .map(text -> change("service", text));
  }

  static Stream<Change> otherFirstContainers() {
    return Stream.of(
            "\"source\": \"pause\"|\"source\": \"evil.example/pause\"",
            "\"/pause\"|\"/bin/sh\"",
            "type\\\":\\\"sandbox\\\",|type\\\":\\\"container\\\",",
            "type\\\":\\\"sandbox\\\",|type\\\":\\\"sandbox\\\",\\\"io.kubernetes.cri.container-type\\\":\\\"container\\\",",
            "type\\\":\\\"sandbox\\\",|type\\\":\\\"sandbox\\\",\\\"io.kubernetes.cri.container\\\\u002dtype\\\":\\\"container\\\",",
            "\"driver_options\": [|\"driver_options\": [\"image_guest_pull={}\", ",
            "\"Path\": \"/run/kata-containers/CID/rootfs\"|\"Path\": \"/\"",
            "\"destination\": \"/dev/shm\"|\"destination\": \"/pause\"")
        .map(text -> change("pause", text));
  }

  private static Change change(String request, String text) {
    var parts = text.split("\\|", 2);
    return new Change(request, parts[0].replace("CID", CID), parts[1].replace("CID", CID));
  }

  @ParameterizedTest
  @MethodSource({"otherContainers", "otherFirstContainers"})
  void anythingElseIsRefused(Change change) throws IOException {
    assertEquals(false, JUDGE.permits("CreateContainerRequest", change.changed()));
  }

  @Test
  void aRequestWithoutAPartIsRefused() throws IOException {
    for (var part : List.of("Args", "UID", "Capabilities", "Mounts", "Seccomp", "Root", "Hooks")) {
      var without = read("service").replace("\"" + part + "\"", "\"Other" + part + "\"");
      assertEquals(false, JUDGE.permits("CreateContainerRequest", without), part);
    }
    assertEquals(false, JUDGE.permits("CreateContainerRequest", "{}"));
  }

  @Test
  void everyRequestIsRefusedUnlessARuleSaysOtherwise() {
    var open = new TreeSet<String>();
    var defaults = Pattern.compile("default (\\w+) := (\\w+)");
    for (var line : AgentPolicy.lines()) {
      var match = defaults.matcher(line);
      if (match.matches()) {
        assertEquals("false", match.group(2), line);
        if (JUDGE.permits(match.group(1), "{}")) {
          open.add(match.group(1));
        }
      }
    }
    assertEquals(
        Set.of(
            "DestroySandboxRequest",
            "GetOOMEventRequest",
            "GuestDetailsRequest",
            "OnlineCPUMemRequest",
            "ReadStreamRequest",
            "RemoveContainerRequest",
            "SignalProcessRequest",
            "StartContainerRequest",
            "StatsContainerRequest",
            "WaitProcessRequest"),
        open);
  }

  @Test
  void noFurtherProgramStartsAndThePolicyStaysAsItIs() {
    var exec = "{\"container_id\": \"%s\", \"process\": {\"Args\": [\"/bin/sh\"]}}".formatted(CID);
    assertEquals(false, JUDGE.permits("ExecProcessRequest", exec));
    assertEquals(
        false, JUDGE.permits("SetPolicyRequest", "{\"policy\": \"package agent_policy\"}"));
    assertEquals(false, JUDGE.permits("WriteStreamRequest", "{\"data\": \"x\"}"));
    assertEquals(false, JUDGE.permits("AllowRequestsFailingPolicy", "{}"));
  }

  @Test
  void onlyFourFilesOfKubeletReachTheGuest() {
    var folder = "/run/kata-containers/shared/containers/";
    for (var name : List.of("hosts", "hostname", "resolv.conf", "termination-log")) {
      assertTrue(copies("Regular", folder + CID + "-0123456789abcdef-" + name), name);
    }
    for (var path :
        List.of(
            folder + CID + "-0123456789abcdef-token",
            folder + CID + "-0123456789abcdef-hosts/x",
            folder + CID + "-0123456789abcdef-hosts\\n",
            folder + CID + "/rootfs/.testudo/lib/ld.so",
            "/run/kata-containers/" + CID + "/rootfs/bin/sh",
            folder + "../../" + CID + "-0123456789abcdef-hosts")) {
      assertEquals(false, copies("Regular", path), path);
    }
    assertEquals(false, copies("Symlink", folder + CID + "-0123456789abcdef-hosts"));
    assertEquals(false, copies("Directory", folder + CID + "-0123456789abcdef-hosts"));
    var unknown = "{\"path\": \"%s%s-0123456789abcdef-hosts\"}".formatted(folder, CID);
    assertEquals(false, JUDGE.permits("CopyFileRequest", unknown));
  }

  private static boolean copies(String type, String path) {
    return JUDGE.permits(
        "CopyFileRequest", "{\"file_type\": \"%s\", \"path\": \"%s\"}".formatted(type, path));
  }

  @Test
  void aSandboxHasNothingOfTheHost() {
    var shm =
        "{\"guest_hook_path\": \"\", \"kernel_modules\": [], \"sandbox_pidns\": false, \"storages\":"
            + " [{\"driver\": \"ephemeral\", \"source\": \"shm\", \"fstype\": \"tmpfs\","
            + " \"mount_point\": \"/run/kata-containers/sandbox/shm\"}]}";
    assertTrue(JUDGE.permits("CreateSandboxRequest", shm));
    for (var change :
        List.of(
            "\"\"|\"/hooks\"",
            "[],|[{\"name\": \"evil\"}],",
            "false|true",
            "ephemeral|virtio-fs")) {
      var parts = change.split("\\|", 2);
      var other = shm.replaceFirst(Pattern.quote(parts[0]), parts[1]);
      assertEquals(false, JUDGE.permits("CreateSandboxRequest", other), change);
    }
  }

  @Test
  void theLoopbackInterfaceStaysAsItIs() {
    var eth =
        "{\"interface\": {\"name\": \"eth0\", \"hwAddr\": \"02:00:00:00:00:01\", \"IPAddresses\":"
            + " [{\"address\": \"10.0.0.7\"}]}}";
    assertTrue(JUDGE.permits("UpdateInterfaceRequest", eth));
    assertEquals(false, JUDGE.permits("UpdateInterfaceRequest", eth.replace("eth0", "lo")));
    assertEquals(
        false, JUDGE.permits("UpdateInterfaceRequest", eth.replace("10.0.0.7", "127.0.0.9")));
    assertEquals(
        false,
        JUDGE.permits(
            "UpdateInterfaceRequest", eth.replace("02:00:00:00:00:01", "00:00:00:00:00:00")));
    var route =
        "{\"routes\": {\"Routes\": [{\"dest\": \"\", \"device\": \"eth0\", \"source\": \"\"}]}}";
    assertTrue(JUDGE.permits("UpdateRoutesRequest", route));
    assertEquals(false, JUDGE.permits("UpdateRoutesRequest", route.replace("eth0", "lo")));
    assertEquals(
        false,
        JUDGE.permits(
            "UpdateRoutesRequest", route.replace("\"dest\": \"\"", "\"dest\": \"127.0.0.0/8\"")));
  }

  @Test
  void theSameContainerGivesTheSamePolicy() {
    assertEquals(AgentPolicy.of(API), AgentPolicy.of(API));
    var longest = AgentPolicy.of(API).text().lines().mapToInt(String::length).max().orElseThrow();
    assertTrue(longest < 1024, "older engines of Rego refuse longer lines");
  }

  @Test
  void anImageWithoutADigestIsABug() {
    var user = new GuestUser(0, 0, List.of());
    var environment = new Environment(List.of(), List.of());
    assertThrows(
        IllegalArgumentException.class,
        () -> new GuestContainer("shop/api:1", List.of("x"), user, environment, Map.of()));
  }

  private static String read(String name) throws IOException {
    try (var in = AgentPolicyTest.class.getResourceAsStream(name + ".json")) {
      var text = new String(Objects.requireNonNull(in).readAllBytes(), UTF_8);
      return text.replace("CID", CID);
    }
  }
}
