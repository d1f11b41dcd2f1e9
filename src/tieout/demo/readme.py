"""x"""
from tieout.demo.plant import Truth
from tieout.demo.world import World
def readme(world: World, truth: Truth) -> str:
    return "x"
