package dev.fanoutgateway.examples.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file of backends is edited while a load runs: no request is lost, and whoever leaves is left alone. */
class ChangingBackendsIT {
    private static final int CLIENTS = 4;

    @TempDir
    Path directory;

    @Test
    void aFileThatIsEditedUnderLoadLosesNoRequest() throws Exception {
        List<RawBackend> replicas = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            replicas.add(RawBackend.healthy("r" + i));
        }
        edit(replicas.get(0), replicas.get(1));
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        AtomicBoolean running = new AtomicBoolean(true);
        Queue<String> wrong = new ConcurrentLinkedQueue<>();
        try (Jar jar = Jar.serving(directory, """
                backends: {all: {file: backends.yaml, selector: round-robin}}
                routes: [{path: /**, backends: all, strategy: failover, cache: off}]
                """)) {
            for (int i = 0; i < CLIENTS; i++) {
                clients.execute(() -> load(jar, running, wrong));
            }
            awaitRequests(replicas.get(0), replicas.get(1));

            edit(replicas.get(2), replicas.get(1));
            awaitRequests(replicas.get(2));
            awaitLog(jar, "nothing is under way any more at [" + replicas.get(0).url() + "]");
            int left = replicas.get(0).requests().size();
            replicas.get(0).close();

            Files.writeString(directory.resolve("backends.yaml"), "- not a URL");
            awaitLog(jar, "the backend source of group 'all' failed");
            awaitMore(replicas.get(1), 20);

            edit(replicas.get(3));
            awaitRequests(replicas.get(3));
            awaitLog(jar, "the backend source of group 'all' works again");
            awaitMore(replicas.get(3), 50);
            running.set(false);
            clients.shutdown();
            assertThat(clients.awaitTermination(60, TimeUnit.SECONDS)).isTrue();

            assertThat(wrong).isEmpty();
            assertThat(replicas.get(0).requests())
                    .as("nobody asks who has left")
                    .hasSize(left);
            assertThat(jar.terminate().exitStatus()).isZero();
        } finally {
            running.set(false);
            clients.shutdownNow();
            replicas.forEach(RawBackend::close);
        }
    }

    @Test
    void aRequestUnderWayAtAReplicaThatLeavesIsAnswered() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        ExecutorService client = Executors.newSingleThreadExecutor();
        try (RawBackend slow = RawBackend.waiting(release);
                RawBackend other = RawBackend.healthy("other")) {
            edit(slow);
            try (Jar jar = Jar.serving(directory, """
                    backends: {all: {file: backends.yaml}}
                    routes: [{path: /**, backends: all, strategy: single, cache: off}]
                    """)) {
                var answer = client.submit(() -> jar.get("/slow").body());
                awaitRequests(slow);
                edit(other);
                awaitLog(jar, "has 1 backends now, and 1 have left");
                assertThat(jar.get("/next").body()).contains("other");
                release.countDown();
                assertThat(answer.get(60, TimeUnit.SECONDS)).contains("waiting");
            }
        } finally {
            client.shutdownNow();
        }
    }

    private static void load(Jar jar, AtomicBoolean running, Queue<String> wrong) {
        while (running.get()) {
            try {
                int status = jar.get("/x").statusCode();
                if (status != 200) {
                    wrong.add("status " + status);
                }
            } catch (IOException | InterruptedException e) {
                wrong.add(e.toString());
                return;
            }
        }
    }

    private void edit(RawBackend... replicas) throws IOException {
        Path fresh = Files.writeString(
                directory.resolve("backends.new"),
                Arrays.stream(replicas)
                        .map(replica -> "- " + replica.url() + "\n")
                        .collect(Collectors.joining()));
        Files.move(
                fresh,
                directory.resolve("backends.yaml"),
                StandardCopyOption.REPLACE_EXISTING,
                StandardCopyOption.ATOMIC_MOVE);
    }

    private static void awaitRequests(RawBackend... replicas) {
        for (RawBackend replica : replicas) {
            awaitMore(replica, 1);
        }
    }

    private static void awaitMore(RawBackend replica, int requests) {
        int before = replica.requests().size();
        int enough = requests == 1 ? 1 : before + requests;
        await().atMost(Duration.ofSeconds(60)).until(() -> replica.requests().size() >= enough);
    }

    private static void awaitLog(Jar jar, String line) {
        await().atMost(Duration.ofSeconds(60)).until(() -> (jar.out() + jar.err()).contains(line));
    }
}
