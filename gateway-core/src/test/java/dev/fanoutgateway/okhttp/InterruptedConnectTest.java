package dev.fanoutgateway.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.BackendClient;
import dev.fanoutgateway.spi.BackendClient.BackendRequest;
import dev.fanoutgateway.spi.BackendClient.Failure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** An executor that is shut down interrupts its threads: the call on one of them must end all the same. */
class InterruptedConnectTest {
    @Test
    void aCallThatIsInterruptedWhileItConnectsHasAReply() throws Exception {
        List<Socket> crowd = new ArrayList<>();
        try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                OkHttpBackendClient client = OkHttpBackendClient.create()) {
            InetSocketAddress address = new InetSocketAddress(full.getInetAddress(), full.getLocalPort());
            while (connects(address, crowd)) {} // until nobody gets in any more
            BackendClient.Call call = client.newCall(new BackendRequest(
                    Backend.of("group", "http://127.0.0.1:" + full.getLocalPort()),
                    GatewayRequest.get("/"),
                    TimeUnit.MINUTES.toNanos(1),
                    1_000));
            Thread thread = new Thread(() -> call.start(Runnable::run));
            thread.start();
            Awaitility.await().until(() -> thread.getState() == Thread.State.TIMED_WAITING);
            thread.interrupt();
            BackendClient.Reply reply = call.reply().toCompletableFuture().get(30, TimeUnit.SECONDS);
            assertThat(reply.failure()).isEqualTo(Failure.BROKEN);
            assertThat(reply.requestSent()).isFalse();
        } finally {
            for (Socket socket : crowd) {
                socket.close();
            }
        }
    }

    private static boolean connects(InetSocketAddress address, List<Socket> crowd) throws IOException {
        Socket socket = new Socket();
        crowd.add(socket);
        try {
            socket.connect(address, 200);
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        }
    }
}
