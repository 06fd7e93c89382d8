from django import template

from models_catalog.spending import near_ceiling

register = template.Library()
register.simple_tag(near_ceiling)
