// A network that can be cut: a relay before the server.
import net from "node:net";

export async function relay(target) {
  const address = new URL(target);
  const sockets = new Set();
  let isCut = false;
  const server = net.createServer((near) => {
    if (isCut) {
      near.destroy();
      return;
    }
    const far = net.connect(Number(address.port), address.hostname);
    const ends = [near, far];
    for (const end of ends) {
      sockets.add(end);
      end.on("error", () => {});
      end.on("close", () => {
        for (const each of ends) {
          each.destroy();
          sockets.delete(each);
        }
      });
    }
    near.pipe(far);
    far.pipe(near);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const url = new URL(target);
  url.port = server.address().port;
  return {
    url: url.toString(),
    cut: () => {
      isCut = true;
      for (const socket of sockets) socket.destroy();
    },
    restore: () => {
      isCut = false;
    },
    close: () => server.close(),
  };
}
