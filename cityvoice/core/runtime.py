"""What a command or a worker has at hand: configuration, database, queue."""

from dataclasses import dataclass
from functools import cached_property

from cityvoice.core.config import Config
from cityvoice.core.db import Database
from cityvoice.core.queue import Handler, Queue


@dataclass(frozen=True)
class Runtime:
    config: Config
    handlers: dict[str, Handler]

    @cached_property
    def database(self) -> Database:
        return Database(self.config.database_url)

    @cached_property
    def queue(self) -> Queue:
        return Queue(self.config, self.handlers)

    def close(self) -> None:
        """Give back the connections that were opened."""
        opened = vars(self)
        if "database" in opened:
            self.database.engine.dispose()
        if "queue" in opened:
            self.queue.huey.storage.close()
