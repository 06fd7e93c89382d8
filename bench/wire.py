"""A TCP proxy of the loopback: it can be cut as a cable is, and it can share connections between several servers."""

import asyncio
from contextlib import asynccontextmanager, suppress


class Wire:
    """`targets` are ports, taken in turn; one that refuses is passed over. Change the list while it runs."""

    def __init__(self, targets):
        self.targets = list(targets)
        self.port = 0
        self.is_cut = False
        self._turn = 0
        self._pipes = set()
        self._lost = set()
        """Connections that the cut lost: nothing more goes through them, and nobody is told."""

    def cut(self):
        """From now on nothing passes, and nothing is refused either: packets are dropped."""
        self.is_cut = True
        self._lost |= self._pipes

    def mend(self):
        """New connections pass again; those that the cut found stay silent."""
        self.is_cut = False

    def accept(self, reader, writer):
        pipe = asyncio.create_task(self._carry(reader, writer))
        self._pipes.add(pipe)
        pipe.add_done_callback(self._pipes.discard)
        pipe.add_done_callback(self._lost.discard)
        if self.is_cut:
            self._lost.add(pipe)

    async def _carry(self, reader, writer):
        pipe, ends = asyncio.current_task(), [writer.transport]
        try:
            if pipe in self._lost:
                await self._stay_silent(reader)
            other, far = await self._connect()
            ends.append(far.transport)
            async with asyncio.TaskGroup() as ways:
                ways.create_task(self._pump(pipe, reader, far))
                ways.create_task(self._pump(pipe, other, writer))
        except* OSError:
            pass  # one end closed: so does the other
        finally:
            for end in ends:
                end.close()

    async def _connect(self):
        for _try in self.targets:
            self._turn += 1
            with suppress(OSError):
                return await asyncio.open_connection("127.0.0.1", self.targets[self._turn % len(self.targets)])
        raise ConnectionRefusedError

    async def _pump(self, pipe, reader, writer):
        while (data := await reader.read(65_536)) and pipe not in self._lost:
            writer.write(data)
            await writer.drain()
        if data:
            await self._stay_silent(reader)
        raise ConnectionResetError

    async def _stay_silent(self, reader):
        while await reader.read(65_536):
            pass
        raise ConnectionResetError


@asynccontextmanager
async def between(*targets):
    """A running wire to these ports; its own is `port`."""
    wire = Wire(targets)
    server = await asyncio.start_server(wire.accept, "127.0.0.1", 0, backlog=1024)
    wire.port = server.sockets[0].getsockname()[1]
    try:
        yield wire
    finally:
        server.close()
        for pipe in list(wire._pipes):
            pipe.cancel()
        await asyncio.gather(*wire._pipes, return_exceptions=True)
