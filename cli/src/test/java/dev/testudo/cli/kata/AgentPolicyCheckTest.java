package dev.testudo.cli.kata;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.testudo.cli.kata.GuestContainer.Environment;
import dev.testudo.cli.kata.GuestContainer.GuestUser;
import dev.testudo.policy.source.SourceFile;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AgentPolicyCheckTest {
  @Test
  void whatTheGuestPullsMustBeCompared() {
    var open =
        """
        package agent_policy
        allow_storage(p_storages, i_storage) if {
            # i_storage.source is compared elsewhere
            i_storage.driver == "image_guest_pull"
            i_storage.fstype == "overlay"
        }
        allow_anno(key) if {
            startswith(key, "io.kubernetes.cri.")
        }
        """;
    assertEquals(
        List.of("4:5 agent-policy-image warning", "8:5 agent-policy-image warning"), found(open));
    var compared =
        open.replace(
                "i_storage.fstype ==", "i_storage.source == \"x@sha256:1\"; i_storage.fstype ==")
            .replace("io.kubernetes.cri.", "io.katacontainers.");
    assertEquals(List.of(), found(compared));
  }

  @Test
  void whatChangesAServiceMustNotBePermittedToEverybody() {
    assertEquals(
        List.of(
            "2:9 agent-policy-open error",
            "3:9 agent-policy-open error",
            "4:1 agent-policy-open error",
            "5:1 agent-policy-open error",
            "8:4 agent-policy-open error"),
        found(
            """
            package agent_policy
            default ExecProcessRequest := true
            default AllowRequestsFailingPolicy = true
            SetPolicyRequest := true
            CopyFileRequest if { true }
            default ReadStreamRequest := true
            policy_data := {
              "WriteStreamRequest": true, "ExecProcessRequest": {"regex": []}
            }
            # default CreateContainerRequest := true
            """));
  }

  @Test
  void furtherProgramsAndUsersThatAreNotComparedAreWarnings() {
    assertEquals(
        List.of("2:13 agent-policy-open warning", "3:1 agent-policy-open warning"),
        found(
            """
            package agent_policy
            policy := {"exec_commands": [["cat"]]}
            allow_user(p_process, i_process) {
                # p_process.User.UID == i_process.User.UID
                p_process.User
            }
            """));
  }

  @Test
  void anotherPackageIsNoAgentPolicy() {
    assertEquals(List.of("1:9 agent-policy-open error"), found("package coco_policy\n"));
    assertEquals(List.of("1:1 agent-policy-open error"), found(""));
  }

  @Test
  void ourOwnPolicyHasNoGap() {
    var container =
        new GuestContainer(
            "example/api@sha256:" + "1".repeat(64),
            List.of("x"),
            new GuestUser(0, 0, List.of()),
            new Environment(List.of(), List.of()),
            Map.of());
    assertEquals(List.of(), found(AgentPolicy.of(container).text()));
  }

  private static List<String> found(String text) {
    return AgentPolicyCheck.of(new SourceFile("api.rego", text)).stream()
        .map(
            one ->
                "%d:%d %s %s"
                    .formatted(
                        one.span().line(),
                        one.span().column(),
                        one.id(),
                        one.isError() ? "error" : "warning"))
        .toList();
  }
}
